import assert from "node:assert/strict";
import { test } from "node:test";
import { Worker } from "node:worker_threads";
import { limitsLocalOnLoss } from "./local-on-loss.ts";
import { RedisState } from "./redis.ts";
import { allocateSharedBuckets, SharedMemoryState } from "./shared-memory.ts";
import { stateContract } from "../../../../test/state/state-contract.ts";

const memory = () => new SharedMemoryState(allocateSharedBuckets(32_768, [1, 2]));

stateContract("shared memory", [], () => Promise.resolve(memory()));
stateContract("Redis", ["redis"], async ({ redis: url }) => {
  const state = RedisState.open({
    url,
    prefix: "portcullis-test:",
    mostShown: 2000,
    timeoutMs: 2000,
    onChange: () => undefined,
    onTrouble: () => undefined,
  });
  for (let tries = 0; tries < 100; tries += 1) {
    try {
      await state.takeAll([]);
      return state;
    } catch {
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
  }
  return state;
});

test("threads that share the memory count as one, to the last request", async () => {
  const shared = allocateSharedBuckets(1024, [3, 4]);
  const code = `
    const { workerData, parentPort } = require("node:worker_threads");
    import(workerData.module).then(({ SharedMemoryState }) => {
      const state = new SharedMemoryState(workerData.shared);
      const given = [0, 0, 0];
      for (let count = 0; count < 60000; count += 1) {
        const key = count % 3;
        if (state.takeAll([{ key: "all", intervalMs: 1e6, burst: 100000 }, { key: "k" + key, intervalMs: 1e6, burst: 5000 }]).refusedBy === -1) given[key] += 1;
      }
      parentPort.postMessage(given);
    });`;
  const all = await Promise.all(
    [1, 2, 3].map(
      () =>
        new Promise<number[]>((resolve, reject) => {
          const worker = new Worker(code, {
            eval: true,
            workerData: { shared, module: new URL("./shared-memory.ts", import.meta.url).href },
          });
          worker.once("message", resolve).once("error", reject);
        }),
    ),
  );
  assert.deepEqual(
    [0, 1, 2].map((key) => all.reduce((sum, given) => sum + (given[key] ?? 0), 0)),
    [5000, 5000, 5000],
  );
  const rest = new SharedMemoryState(shared).takeAll([
    { key: "all", intervalMs: 1e6, burst: 100_000 },
  ]);
  assert.equal(rest.remaining[0], 100_000 - 15_000 - 1);
});

test("the memory is fixed, at most 32 bytes a key", () => {
  const {
    memory: { byteLength },
    sets,
  } = allocateSharedBuckets(1_000_000, [1, 2]);
  assert.ok(byteLength / (sets * 8) < 21);
  assert.ok(sets * 8 >= 1_000_000);
});

test("a lock that nobody gives back does not stop the others", () => {
  const shared = allocateSharedBuckets(8, [5, 6]);
  new Int32Array(shared.memory, shared.sets * 8 * 20, shared.sets).fill(1);
  assert.equal(
    new SharedMemoryState(shared).takeAll([{ key: "a", intervalMs: 1000, burst: 1 }]).refusedBy,
    -1,
  );
});

test("when Redis is lost, this process counts alone and says so once", async () => {
  const troubles: string[] = [];
  const shared = RedisState.open({
    url: "redis://127.0.0.1:1",
    prefix: "x",
    mostShown: 2000,
    timeoutMs: 100,
    onChange: (lost) => troubles.push(lost ?? "answers"),
    onTrouble: (message) => troubles.push(message),
  });
  const state = limitsLocalOnLoss(shared, memory());
  const own = { key: "a", intervalMs: 60_000, burst: 1 };
  assert.equal((await state.takeAll([own])).refusedBy, -1);
  assert.equal((await state.takeAll([own])).refusedBy, 0);
  await new Promise((resolve) => setTimeout(resolve, 300));
  assert.equal(troubles.length, 1);
  await state.close();
});
