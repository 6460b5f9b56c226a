import assert from "node:assert/strict";
import { fork } from "node:child_process";
import { once } from "node:events";
import { setTimeout as sleep } from "node:timers/promises";
import { rateBucket, type RateBucket, type RedisState } from "@portcullis/guard/state";
import { test } from "../parts/test.ts";
import type { NodeResult, NodeTask } from "./lease-node.ts";
import { openRedis, planFor, until } from "./open-redis.ts";

const keys: NodeTask["keys"] = [
  // Asked for far more than it gives, and in bursts; one below the bound under which nothing leases.
  { who: "steady", ratePerSecond: 1000, burst: 1000, atOnce: 20, pauseMs: 1 },
  { who: "bursting", ratePerSecond: 400, burst: 800, atOnce: 900, pauseMs: 400 },
  { who: "small", ratePerSecond: 10, burst: 19, atOnce: 2, pauseMs: 20 },
];

async function runNodes(url: string, overshoot: number, runMs: number, nodes: number) {
  const prefix = `portcullis-test:leases:${process.pid}:${Date.now()}:`;
  const plan = planFor(url, { timeoutMs: 5000 });
  const task: NodeTask = { plan, prefix, overshoot, runMs, keys };
  return Promise.all(
    Array.from({ length: nodes }, async () => {
      const node = fork(new URL("./lease-node.ts", import.meta.url), { serialization: "advanced" });
      node.send(task);
      const [result] = (await once(node, "message")) as [NodeResult];
      return result;
    }),
  );
}

/** The most that any window of any length holds beyond what the rate has brought in it. */
function mostBeyondRate(times: readonly (readonly [number, number])[], perMs: number): number {
  const bySent = times.toSorted(([a], [b]) => a - b);
  const ends = times.map(([, end]) => end).toSorted((a, b) => a - b);
  const rankOf = new Map(ends.map((end, rank) => [end, rank]));
  let most = 0;
  const inside = new Uint32Array(ends.length);
  // From the last that was sent: all that were sent later, by when they were answered.
  for (const [sent, answered] of bySent.toReversed()) {
    const rank = rankOf.get(answered) as number;
    inside[rank] = (inside[rank] as number) + 1;
    let count = 0;
    for (let end = 0; end < ends.length; end += 1) {
      const here = inside[end] as number;
      if (here === 0) continue;
      count += here;
      most = Math.max(most, count - perMs * ((ends[end] as number) - sent));
    }
  }
  return most;
}

for (const overshoot of [0.05, 0])
  test(`two processes together let no window of any length have more than the limit (overshoot ${overshoot})`, {
    needs: ["redis"],
    timeout: 120_000,
  }, async ({ redis }) => {
    const results = await runNodes(redis, overshoot, 4000, 2);
    for (const [index, { burst, ratePerSecond, who }] of keys.entries()) {
      const times = results.flatMap(({ admitted }) => admitted[index] ?? []);
      const beyond = mostBeyondRate(times, ratePerSecond / 1000);
      // Nothing is let through beyond it, even of what overshoot would allow.
      assert.ok(beyond <= burst + 0.01, `${who}: ${beyond} of ${burst}`);
      assert.ok(times.length > 0, `${who}: none was let through`);
    }
    const sum = (of: (result: NodeResult) => number): number =>
      results.reduce((all, result) => all + of(result), 0);
    assert.equal(
      sum(({ overshot }) => overshot),
      0,
    );
  });

const hot = (burst: number) =>
  rateBucket(`hot ${(made += 1)}`, `${process.pid}-${Date.now()}`, {
    intervalMs: 3_600_000,
    burst,
  });
let made = 0;

/** Until the node has seen for long enough how often it is asked. */
async function askFor(state: RedisState, bucket: RateBucket, count: number): Promise<number> {
  let admitted = 0;
  for (let asked = 0; asked < count; asked += 1) {
    if ((await state.takeAll([bucket])).refusedBy === -1) admitted += 1;
    if (asked % 10 === 9) await sleep(5);
  }
  return admitted;
}

test("of requests on a hot key at most one in ten asks Redis, once its rate is known", {
  needs: ["redis"],
}, async ({ redis }) => {
  const { measures, state } = await openRedis(planFor(redis));
  await untilLeasing(state);
  const bucket = hot(10_000);
  await askFor(state, bucket, 400);
  const before = measures.read().count;
  assert.equal(await askFor(state, bucket, 2000), 2000);
  const questions = measures.read().count - before;
  assert.ok(questions <= 200, `${questions} questions`);
  await state.close();
});

test("a caller at one node is refused when no more than the overshoot is left, and not before", {
  needs: ["redis"],
}, async ({ redis }) => {
  const [one, two] = [await openRedis(planFor(redis)), await openRedis(planFor(redis))];
  await untilLeasing(one.state);
  const bucket = hot(1000);
  // The other node has leased of it, and holds what it has leased.
  const elsewhere = await askFor(two.state, bucket, 300);
  const here = await askFor(one.state, bucket, 1000);
  assert.equal(elsewhere, 300);
  assert.ok(here <= 700 && here >= 650, `${here} of 700`);
  await one.state.close();
  await two.state.close();
});

test("what was leased and is not used goes back, and whoever ends gives it back", {
  needs: ["redis"],
}, async ({ redis }) => {
  const [one, two] = [await openRedis(planFor(redis)), await openRedis(planFor(redis))];
  await untilLeasing(one.state);
  const bucket = hot(1000);
  assert.equal(await askFor(one.state, bucket, 300), 300);
  const leftAt = async (): Promise<number> =>
    (await two.state.takeAll([{ ...bucket, cost: 0.001 }])).remaining[0] ?? 0;
  await until(async () => (await leftAt()) === 699);
  assert.equal(await askFor(one.state, bucket, 300), 300);
  await one.state.close();
  await until(async () => (await leftAt()) === 399);
  await two.state.close();
});

/** A server that has begun to answer a moment ago is asked each time. */
const untilLeasing = (state: RedisState): Promise<void> => until(() => !state.isFresh);
