import assert from "node:assert/strict";
import { setTimeout as sleep } from "node:timers/promises";
import { type RedisPlan, RedisState, StateMeasures } from "@portcullis/guard/state";

/** Redis at one address, as a policy without another word means it. */
export const planFor = (url: string, rest: Partial<RedisPlan> = {}): RedisPlan => ({
  addresses: [url],
  form: "asked",
  master: undefined,
  timeoutMs: 2000,
  ...rest,
});

export interface OpenedRedis {
  readonly state: RedisState;
  readonly measures: StateMeasures;
  /** What was said of it since it answers. */
  readonly told: string[];
}

/** Redis through the gate's state, once it answers. */
export async function openRedis(
  plan: RedisPlan,
  prefix = `portcullis-test:${process.pid}:`,
  overshoot = 0.05,
): Promise<OpenedRedis> {
  const told: string[] = [];
  const measures = new StateMeasures();
  const state = RedisState.open({
    plan,
    prefix,
    overshoot,
    measures,
    mostShown: 2000,
    onChange: (lost) => told.push(lost ?? "answers"),
    onTrouble: (message) => told.push(message),
  });
  await until(
    () => state.isAvailable,
    () => `it does not answer: ${told.join("; ")}`,
  );
  told.length = 0;
  return { state, told, measures };
}

export async function until(
  holds: () => boolean | Promise<boolean>,
  otherwise: () => string = () => "it does not come to be",
): Promise<void> {
  const deadline = performance.now() + 30_000;
  while (!(await holds())) {
    assert.ok(performance.now() < deadline, otherwise());
    await sleep(20);
  }
}
