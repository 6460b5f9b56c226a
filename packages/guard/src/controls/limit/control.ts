import { refuse } from "../../facts/refusal.ts";
import { networkOf } from "../../reading/network.ts";
import type { Rate } from "../../reading/rate.ts";
import type { LimitState } from "../../state/state.ts";
import { type Check, step } from "../check.ts";
import { defineControl } from "../control.ts";
import { type LimitPlan, planLimits, planOperationLimits } from "./plan.ts";
import { keys } from "./policy.ts";
import { problems } from "./problems.ts";
import { compileLimits } from "./take-all.ts";
import { words } from "./words.ts";

export interface LimitPorts {
  /** Where the policy's limits are counted. */
  readonly limits: LimitState;
  /** Where the coarse admission is counted: always this process, because it must cost nothing. */
  readonly localLimits: LimitState;
}

export const limit = defineControl({
  name: "limit",
  sentence: "How fast a caller may ask.",
  modeKeys: [
    {
      key: "limit",
      kind: "settable",
      sentence: "How fast callers may ask.",
      answers: "Answers carry `Retry-After`, `RateLimit` and `RateLimit-Policy`.",
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
      needs: ["address", "app", "bindingJudged", "caller"],
      gives: [],
    }),
    byBody: step({
      title: "limit by body",
      mode: "limit",
      needs: ["address", "app", "body", "bodyIdsOpened", "bodyJudged", "caller"],
      gives: [],
    }),
  },
  compile(rules, { live: { limits }, name, whole: { tiers } }) {
    const { after, before } = compileLimits(rules, tiers, name, limits);
    return { request: { beforeBody: before, byBody: after } };
  },
  words,
});

/** A coarse bound by network, before route and cryptography. */
function compileAdmission({ count, windowMs }: Rate, state: LimitState): Check<"address"> {
  const intervalMs = windowMs / count;
  return ({ address }) => {
    const key = `admission\n${networkOf(address)}`;
    const taken = state.takeAll([{ key, intervalMs, burst: count * 2 }]);
    if (taken instanceof Promise || taken.refusedBy === -1) return undefined;
    return refuse(problems["limit-exceeded"], {
      detail: "admission: too much from one network",
      retryAfterSeconds: Math.max(1, Math.ceil(taken.waitMs / 1000)),
    });
  };
}
