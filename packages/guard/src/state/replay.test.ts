import assert from "node:assert/strict";
import { Worker } from "node:worker_threads";
import { test } from "../../../../test/parts/test.ts";
import { openRedis, planFor } from "../../../../test/state/open-redis.ts";
import type { ReplayState } from "./replay.ts";
import { allocateSharedReplay, SharedReplayState } from "./shared-replay.ts";

const seeds = [1, 2, 3, 4] as const;

const sentence = "what was used once is used, for its owner, however many ask at the same moment";
test(`shared memory: ${sentence}`, () =>
  isUsedOnce(new SharedReplayState(allocateSharedReplay(100_000, seeds))));
test(`Redis: ${sentence}`, { needs: ["redis"] }, async ({ redis }) => {
  const { state } = await openRedis(planFor(redis));
  await isUsedOnce(state);
  await state.close();
});

async function isUsedOnce(state: ReplayState): Promise<void> {
  const run = `${Date.now()}`;
  const answers = await Promise.all(
    Array.from({ length: 50 }, async () => state.useOnce("key", `proof-${run}`, 60)),
  );
  assert.equal(answers.filter((answer) => answer === "first").length, 1);
  assert.equal(answers.filter((answer) => answer === "again").length, 49);
  assert.equal(await state.useOnce("another key", `proof-${run}`, 60), "first");
  assert.equal(await state.useOnce("key", `another proof-${run}`, 60), "first");
}

test("two nodes that share Redis are one memory; while it is lost nobody is told that a proof is fresh", {
  needs: ["redis"],
}, async ({ redis }) => {
  const [{ state: one }, { state: two }] = [
    await openRedis(planFor(redis)),
    await openRedis(planFor(redis)),
  ];
  const name = `proof-${Date.now()}`;
  assert.deepEqual(
    [await one.useOnce("key", name, 60), await two.useOnce("key", name, 60)],
    ["first", "again"],
  );
  await one.close();
  await two.close();
  await assert.rejects(async () => one.useOnce("key", "x", 60));
});

test("a name is remembered to its last second, whatever the wall clock does", () => {
  let now = 100;
  const state = new SharedReplayState(allocateSharedReplay(1000, seeds), () => now);
  assert.equal(state.useOnce("key", "proof", 60), "first");
  for (now of [100, 159, 160]) assert.equal(state.useOnce("key", "proof", 60), "again");
  now = 161;
  assert.equal(state.useOnce("key", "proof", 60), "first");
});

test("one that floods the memory takes its own share, and forgets nothing that is alive", () => {
  const state = new SharedReplayState(allocateSharedReplay(262_144, seeds));
  const answers = Array.from({ length: 20_000 }, (_, index) =>
    state.useOnce("flood", String(index), 60),
  );
  const kept = answers.filter((answer) => answer === "first").length;
  assert.ok(kept <= 2048 && kept > 1400, `${kept}`);
  answers.forEach((answer, index) => {
    if (answer === "first") assert.equal(state.useOnce("flood", String(index), 60), "again");
  });
  let refused = 0;
  for (let owner = 0; owner < 2000; owner += 1)
    for (let proof = 0; proof < 20; proof += 1)
      if (state.useOnce(`device-${owner}`, String(proof), 60) === "full") refused += 1;
  assert.equal(refused, 0);
});

test("threads that share the memory count as one", async () => {
  const shared = allocateSharedReplay(100_000, seeds);
  const code = `
    const { workerData, parentPort } = require("node:worker_threads");
    import(workerData.module).then(({ SharedReplayState }) => {
      const state = new SharedReplayState(workerData.shared);
      let first = 0;
      for (let count = 0; count < 20000; count += 1) if (state.useOnce("key" + (count % 100), "proof" + Math.floor(count / 100), 60) === "first") first += 1;
      parentPort.postMessage(first);
    });`;
  const all = await Promise.all(
    [1, 2, 3].map(
      () =>
        new Promise<number>((resolve, reject) =>
          new Worker(code, {
            eval: true,
            workerData: { shared, module: new URL("./shared-replay.ts", import.meta.url).href },
          })
            .once("message", resolve)
            .once("error", reject),
        ),
    ),
  );
  assert.equal(
    all.reduce((sum, one) => sum + one, 0),
    20_000,
  );
});
