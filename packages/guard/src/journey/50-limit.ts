import type { Check } from "../exchange.ts";
import type { Refusal } from "../refusal.ts";
import type { JourneyExchange } from "./step.ts";

/** Who a limit counts: facts, never the caller's claims alone. */
export interface Counted {
  readonly address: string;
  readonly user: string | undefined;
  readonly device: string | undefined;
  readonly app: string | undefined;
  readonly tier: string | undefined;
  readonly body: unknown;
}

/** Takes from every bucket of the operation or from none. Answer fields are appended to `answerHeaders`, flat. */
export type TakeAll = (counted: Counted, nowMs: number, answerHeaders: string[]) => Refusal | undefined | Promise<Refusal | undefined>;

/** Step 50. How fast. Limits that count by a property of the body run again after the body is read, with the same function. */
export function prepareLimit(takeAll: TakeAll): Check<JourneyExchange> {
  return (exchange) =>
    takeAll(
      { address: exchange.address, user: exchange.user, device: exchange.device, app: exchange.appId, tier: exchange.tier, body: exchange.body },
      exchange.receivedAtMs,
      exchange.answerHeaders,
    );
}
