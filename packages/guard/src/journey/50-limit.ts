import type { Check } from "../exchange.ts";
import type { TakeAll } from "../limits/compile-limits.ts";
import { networkOf } from "../limits/limit-key.ts";
import type { Rate } from "../limits/rate.ts";
import { refuse, type Refusal } from "../refusal.ts";
import type { LimitState } from "../state/state.ts";
import type { JourneyExchange } from "./step.ts";

/** Step 50. How fast. Limits that count by a property of the body run again after the body is read, with the same function. */
export function prepareLimit(takeAll: TakeAll): Check<JourneyExchange> {
  return (exchange) =>
    takeAll(
      {
        address: exchange.address,
        user: exchange.user,
        device: exchange.device,
        app: exchange.appId,
        tier: exchange.tier,
        operation: exchange.rules?.name ?? "",
        body: exchange.body,
      },
      exchange.answerHeaders,
    );
}

/** A coarse bound by network before route and cryptography, counted by this process alone: it must cost next to nothing. */
export function prepareAdmission({ count, windowMs }: Rate, state: LimitState): (exchange: JourneyExchange) => Refusal | undefined {
  const intervalMs = windowMs / count;
  return (exchange) => {
    const taken = state.takeAll([{ key: `admission\n${networkOf(exchange.address)}`, intervalMs, burst: count * 2 }]);
    if (taken instanceof Promise || taken.refusedBy === -1) return undefined;
    return refuse("limit-exceeded", { detail: "admission: too much from one network", retryAfterSeconds: Math.max(1, Math.ceil(taken.waitMs / 1000)) });
  };
}
