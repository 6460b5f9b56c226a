import { step } from "../check.ts";
import type { GateAt } from "../compile-context.ts";
import { defineControl, type EveryAnswer } from "../control.ts";
import { type ActParts, compileAct, type ImpersonationPorts, openActing } from "./act.ts";
import { closedBecause } from "./closed-operation.ts";
import { compileFindSubject } from "./find-subject.ts";
import { type ImpersonationPlan, planImpersonation } from "./plan.ts";
import { keys } from "./policy.ts";
import { problems } from "./problems.ts";
import { compileTakeAsked } from "./read-asked.ts";
import { words } from "./words.ts";

export const impersonation = defineControl({
  name: "impersonation",
  sentence: "Who acts in another's name: support staff who may, for a reason and for a while.",
  modeKeys: [
    {
      key: "impersonation",
      kind: "settable",
      sentence: "Whether somebody may act in another's name (`impersonation`).",
      answers:
        "Who may not goes on in its own name where it is only observed. The fields that ask for it " +
        "never reach the backend, whatever the mode.",
    },
  ],
  keys,
  names: ({ impersonation: setting }): Record<string, readonly string[]> =>
    setting === undefined
      ? {}
      : {
          "header field": [
            setting.reason,
            ...(setting.header === undefined ? [] : [setting.header]),
          ],
        },
  problems: [problems],
  plan: planImpersonation,
  planOperation: (entries, operation, context) => ({
    closed: closedBecause(entries, operation, context),
  }),
  open: (plan: ImpersonationPlan | undefined, ports: ImpersonationPorts, gate) =>
    plan === undefined ? undefined : open(plan, ports, gate),
  request: {
    take: step({
      title: "take what asks to act for somebody",
      mode: undefined,
      needs: ["forwardFields"],
      gives: ["actingAsked", "forwardFields"],
    }),
    act: step({
      title: "act for somebody",
      mode: "impersonation",
      needs: [
        "actingAsked",
        "address",
        "believes",
        "bindingJudged",
        "caller",
        "envelope",
        "fields",
        "forwardFields",
        "host",
        "scheme",
        "traceId",
      ],
      gives: ["actingJudged", "believes", "caller"],
    }),
  },
  compile({ closed }, { live }) {
    if (live === undefined) return {};
    const request = { take: compileTakeAsked(live.plan), act: compileAct(live, closed) };
    return { request, everyAnswer: compileVary(live.plan.header) };
  },
  words,
});

/** One address has another answer in another's name: a cache of the desk must not mix them up. */
const compileVary = (header: string | undefined): EveryAnswer | undefined =>
  header === undefined
    ? undefined
    : { replaces: [], add: ({ answerFields }) => void answerFields.push("Vary", header) };

/** @throws RangeError where nobody keeps sessions that the policy lets begin */
function open(
  plan: ImpersonationPlan,
  ports: ImpersonationPorts,
  { backendOf }: Pick<GateAt, "backendOf">,
): ActParts {
  const { impersonations } = ports;
  if (impersonations === undefined) throw new RangeError("nobody keeps who acts in whose name");
  const findSubject =
    plan.subject === undefined
      ? undefined
      : compileFindSubject(plan.subject, backendOf(plan.subject.api));
  return openActing(plan, impersonations, findSubject, ports);
}
