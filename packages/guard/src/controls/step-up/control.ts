import { bindingProblems } from "../../facts/binding.ts";
import { judgeByEither } from "../../facts/either-clock.ts";
import { stepUpProblems } from "../../facts/step-up-problems.ts";
import { step } from "../check.ts";
import { defineControl } from "../control.ts";
import { planStepUp } from "./plan.ts";
import { keys } from "./policy.ts";
import { problems } from "./problems.ts";
import { compileStepUp } from "./step-up.ts";

const seconds = (milliseconds: number): number => Math.floor(milliseconds / 1000);

export const stepUp = defineControl({
  name: "step-up",
  sentence: "Whether the caller has signed in as strongly, and as lately, as the operation asks.",
  keys,
  problems: [problems, stepUpProblems, bindingProblems],
  planOperation: planStepUp,
  request: {
    bySignIn: step({
      title: "authorize step-up",
      mode: "authorization",
      needs: ["caller", "entryJudged"],
      gives: [],
    }),
    byBody: step({
      title: "authorize step-up by body",
      mode: "authorization",
      needs: ["body", "bodyJudged", "caller"],
      gives: [],
    }),
  },
  compile(rule, { operation }) {
    if (rule === undefined || operation === undefined) return {};
    const judge = compileStepUp(rule);
    if (rule.when !== undefined && "pointer" in rule.when)
      return {
        request: {
          byBody: ({ body, caller, clockDoubtSeconds, receivedAtMs }) =>
            judgeByEither(
              (now) => judge(caller?.claims, body, now),
              seconds(receivedAtMs),
              clockDoubtSeconds,
            ),
        },
      };
    return {
      request: {
        bySignIn: ({ caller, clockDoubtSeconds, receivedAtMs }) =>
          judgeByEither(
            (now) => judge(caller?.claims, undefined, now),
            seconds(receivedAtMs),
            clockDoubtSeconds,
          ),
      },
    };
  },
});
