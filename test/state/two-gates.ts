import assert from "node:assert/strict";
import {
  allocateSharedBuckets,
  type LimitState,
  limitsLocalOnLoss,
  rateBucket,
  type RateBucket,
  type RedisPlan,
  SharedMemoryState,
} from "@portcullis/guard/state";
import { type OpenedRedis, openRedis, until } from "./open-redis.ts";

/** A gate as far as its limits go: what it shares, and what it counts by itself without. */
export interface LimitGate extends OpenedRedis {
  readonly limits: LimitState;
}

export async function openGate(plan: RedisPlan): Promise<LimitGate> {
  const opened = await openRedis(plan);
  const local = new SharedMemoryState(allocateSharedBuckets(16_384, [1, 2]));
  return { ...opened, limits: limitsLocalOnLoss(opened.state, local) };
}

let made = 0;
/** A bucket nobody used before, which does not fill while a test runs. */
export const freshBucket = (burst: number, onLoss: "local" | "deny" = "local"): RateBucket => ({
  ...rateBucket(`limit ${(made += 1)}`, `${process.pid}-${Date.now()}`, {
    intervalMs: 3_600_000,
    burst,
  }),
  onLoss,
});

export interface Outcome {
  readonly admitted: number;
  readonly refused: number;
  /** Nobody could tell. */
  readonly unknown: number;
  /** How many requests had to wait for an answer, whatever it was. */
  readonly waited: number;
}

/** So many requests at each of the gates, one after the other at each. */
export async function ask(
  gates: readonly LimitGate[],
  bucket: RateBucket,
  each: number,
): Promise<Outcome> {
  let [admitted, refused, unknown, waited] = [0, 0, 0, 0];
  await Promise.all(
    gates.map(async ({ limits }) => {
      for (let count = 0; count < each; count += 1)
        try {
          const taken = limits.takeAll([bucket]);
          if (taken instanceof Promise) waited += 1;
          if ((await taken).refusedBy === -1) admitted += 1;
          else refused += 1;
        } catch {
          unknown += 1;
        }
    }),
  );
  return { admitted, refused, unknown, waited };
}

/** Until every gate counts in Redis again, and what it has counted alone is there. */
export async function untilTogether(gates: readonly LimitGate[]): Promise<void> {
  await until(
    () => gates.every(({ state }) => state.isAvailable),
    () => gates.map(({ told }) => told.join("; ")).join(" | "),
  );
}

export async function closeGates(gates: readonly LimitGate[]): Promise<void> {
  for (const { limits } of gates) await limits.close();
}

export function assertOutcome(outcome: Outcome, expected: Partial<Outcome>, when: string): void {
  assert.deepEqual({ ...outcome, ...expected }, outcome, when);
}
