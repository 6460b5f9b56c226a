import { refuse } from "../../facts/refusal.ts";
import { signInProblems } from "../../facts/sign-in-problems.ts";
import { type Check, step } from "../check.ts";
import { defineControl } from "../control.ts";
import { compileEntry, compileHeldScopes } from "./entry.ts";
import { type EntryPlan, planEntry, planOperationEntry } from "./plan.ts";
import { keys } from "./policy.ts";
import { problems } from "./problems.ts";
import { words } from "./words.ts";

export const entry = defineControl({
  name: "entry",
  sentence: "Whether this caller may use this operation at all: scopes, roles, apps.",
  modeKeys: [
    {
      key: "authorization",
      kind: "settable",
      sentence:
        "Whether the caller may use the operation, is signed in strongly enough, and may write this.",
    },
  ],
  keys,
  problems: [problems, signInProblems],
  plan: planEntry,
  planOperation: planOperationEntry,
  anonymous: ({ rule }) => rule?.anonymous,
  open: ({ roles }: EntryPlan) => compileHeldScopes(roles),
  request: {
    enter: step({
      title: "authorize entry",
      mode: "authorization",
      needs: ["actingJudged", "bindingJudged", "caller"],
      gives: ["entryJudged"],
    }),
  },
  compile({ carriesRequests, rule }, { api, live: heldScopes }) {
    if (api === undefined) return {};
    if (carriesRequests === "closed" && !api.issuer)
      return { request: { enter: closedToCarriers } };
    const judge = compileEntry(rule, heldScopes);
    return { request: { enter: judge === undefined ? undefined : ({ caller }) => judge(caller) } };
  },
  words,
});

/**
 * Refuses a body that carries requests of its own, such as a batch. Rules are stated for
 * operations, and the requests in such a body are not seen as operations: they would pass without
 * any rule.
 */
const closedToCarriers: Check<"caller"> = () =>
  refuse(problems["rule-missing"], {
    detail:
      "the request carries others of its own, and the policy does not say carriesRequests: true",
  });
