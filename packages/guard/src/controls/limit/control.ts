import { refuse } from "../../facts/refusal.ts";
import { networkOf } from "../../reading/network.ts";
import type { Rate } from "../../reading/rate.ts";
import { FormedBucket, type LimitState, type RateForm } from "../../state/state.ts";
import { compileAnswerOutcome } from "../answer-outcome.ts";
import { type Check, step } from "../check.ts";
import { defineControl, type LeaveFacts } from "../control.ts";
import { type LimitPlan, planLimits } from "./plan.ts";
import { planOperationLimits } from "./plan-operation.ts";
import { keys } from "./policy.ts";
import { problems } from "./problems.ts";
import { compileLimits, isSettled } from "./take-limits.ts";
import { words } from "./words.ts";

export interface LimitPorts {
  /** Where the policy's limits are counted. */
  readonly limits: LimitState;
  /** Where the coarse admission is counted: always this process, because it must cost nothing. */
  readonly localLimits: LimitState;
}

export const limit = defineControl({
  name: "limit",
  sentence: "How much a caller may ask.",
  modeKeys: [
    {
      key: "limit",
      kind: "settable",
      sentence: "How fast callers may ask.",
      answers: "Answers carry `Retry-After`, `RateLimit` and `RateLimit-Policy`.",
      estimated:
        "Callers who are refused wait, or ask again: they ask for less or more than before.",
    },
  ],
  keys,
  problems: [problems],
  names: ({ limits }): Record<string, readonly string[]> =>
    limits?.tiers === undefined ? {} : { tier: Object.keys(limits.tiers) },
  issuerKeys: ["limits"],
  plan: planLimits,
  planOperation: planOperationLimits,
  open: ({ admission }: LimitPlan, { limits, localLimits }: LimitPorts) => ({
    limits,
    admit: admission === undefined ? undefined : compileAdmission(admission, localLimits),
  }),
  first: {
    admission: step({ title: "admission", mode: "limit", needs: ["address"], gives: ["admitted"] }),
  },
  compileFirst: ({ admit }) => ({ admission: admit }),
  request: {
    beforeBody: step({
      title: "limit",
      mode: "limit",
      needs: ["actingJudged", "address", "app", "bindingJudged", "caller", "fields"],
      gives: ["reserved"],
    }),
    byBody: step({
      title: "limit by body",
      mode: "limit",
      needs: ["address", "app", "body", "bodyIdsOpened", "bodyJudged", "caller", "fields"],
      gives: ["reserved"],
    }),
  },
  answer: {
    settle: step({ title: "limit by answer", mode: "limit", needs: ["reserved"], gives: [] }),
  },
  compile({ failure, rules }, { live: { limits }, name, whole }) {
    const { after, before } = compileLimits(rules, { ...whole, state: limits, operation: name });
    const request = { beforeBody: before, byBody: after };
    if (rules.length === 0) return { request };
    const leave = ({ forwarded, isShed, requestBytes, reserved }: LeaveFacts): void =>
      isShed ? reserved?.giveBack() : reserved?.leave(forwarded, requestBytes);
    if (!rules.some(isSettled)) return { request, leave };
    const settle = compileAnswerOutcome<"reserved", never>(
      failure,
      (known, outcome) => known.reserved?.answered(outcome),
      (known) => known.reserved !== undefined,
    );
    const answer = { settle };
    return { request, answer, leave };
  },
  words,
});

/** A coarse bound by network, before route and cryptography. */
function compileAdmission({ count, windowMs }: Rate, state: LimitState): Check<"address"> {
  const intervalMs = windowMs / count;
  const burst = count * 2;
  const deepestMs = burst * intervalMs;
  const form: RateForm = {
    limit: "admission",
    cost: 1,
    onLoss: "local",
    intervalMs,
    burst,
    deepestMs,
  };
  const take = (bucket: FormedBucket): number => {
    if (state.takeOne !== undefined) return state.takeOne(bucket);
    const taken = state.takeAll([bucket]);
    return taken instanceof Promise || taken.refusedBy === -1 ? 0 : taken.waitMs;
  };
  return ({ address }) => {
    const waitMs = take(new FormedBucket(form, networkOf(address)));
    if (waitMs === 0) return undefined;
    return refuse(problems["limit-exceeded"], {
      detail: "admission: too much from one network",
      retryAfterSeconds: Math.max(1, Math.ceil(waitMs / 1000)),
    });
  };
}
