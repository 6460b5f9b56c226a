import assert from "node:assert/strict";
import { test } from "node:test";
import { Worker } from "node:worker_threads";
import { limitsLocalOnLoss } from "./carried-limits.ts";
import { RedisState } from "./redis.ts";
import { allocateSharedBuckets } from "./shared-buckets.ts";
import { SharedMemoryState } from "./shared-memory.ts";
import { StateMeasures } from "./state-measures.ts";
import { rateBucket } from "./state.ts";
import { openRedis, planFor, until } from "../../../../test/state/open-redis.ts";
import { stateContract } from "../../../../test/state/state-contract.ts";

const memory = () => new SharedMemoryState(allocateSharedBuckets(131_072, [1, 2]));

// Room enough: in a set of eight places of which all was taken, a ninth key is refused in its place,
// and with 10,000 keys such a set is not rare in a table of 131,072.
const roomy = () => new SharedMemoryState(allocateSharedBuckets(1_048_576, [1, 2]));
stateContract("shared memory", [], () => Promise.resolve(roomy()));
stateContract("Redis", ["redis"], async ({ redis }) => (await openRedis(planFor(redis))).state);

test("threads that share the memory count as one, to the last request", async () => {
  const shared = allocateSharedBuckets(1024, [3, 4]);
  const code = `
    const { workerData, parentPort } = require("node:worker_threads");
    Promise.all(workerData.modules.map((one) => import(one))).then(([{ SharedMemoryState }, { rateBucket }]) => {
      const state = new SharedMemoryState(workerData.shared);
      const given = [0, 0, 0];
      for (let count = 0; count < 60000; count += 1) {
        const key = count % 3;
        if (state.takeAll([rateBucket("all", "", { intervalMs: 1e6, burst: 100000 }), rateBucket("k", String(key), { intervalMs: 1e6, burst: 5000 })]).refusedBy === -1) given[key] += 1;
      }
      parentPort.postMessage(given);
    });`;
  const all = await Promise.all(
    [1, 2, 3].map(
      () =>
        new Promise<number[]>((resolve, reject) => {
          const worker = new Worker(code, {
            eval: true,
            workerData: {
              shared,
              modules: ["./shared-memory.ts", "./state.ts"].map(
                (name) => new URL(name, import.meta.url).href,
              ),
            },
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
    rateBucket("all", "", { intervalMs: 1e6, burst: 100_000 }),
  ]);
  assert.equal(rest.remaining[0], 100_000 - 15_000 - 1);
});

test("the memory is fixed, at most 32 bytes a key", () => {
  const { long, memory: all, quota, short } = allocateSharedBuckets(1_000_000, [1, 2]);
  const places = (short.sets + long.sets + quota.sets) * 8;
  assert.ok(all.byteLength / places <= 26);
  assert.ok(places >= 1_000_000);
});

test("a lock that nobody gives back does not stop the others", () => {
  const shared = allocateSharedBuckets(8, [5, 6]);
  new Int32Array(shared.memory).fill(1);
  const own = rateBucket("a", "", { intervalMs: 1000, burst: 1 });
  assert.equal(new SharedMemoryState(shared).takeAll([own]).refusedBy, -1);
});

test("when Redis is lost, this process counts alone and says so once", async () => {
  const troubles: string[] = [];
  const shared = RedisState.open({
    plan: planFor("redis://127.0.0.1:1", { timeoutMs: 100 }),
    prefix: "x",
    overshoot: 0.05,
    measures: new StateMeasures(),
    mostShown: 2000,
    onChange: (lost) => troubles.push(lost ?? "answers"),
    onTrouble: (message) => troubles.push(message),
  });
  const state = limitsLocalOnLoss(shared, memory());
  const own = rateBucket("a", "", { intervalMs: 60_000, burst: 1 });
  assert.equal((await state.takeAll([own])).refusedBy, -1);
  assert.equal((await state.takeAll([own])).refusedBy, 0);
  await until(() => troubles.length > 0);
  await new Promise((resolve) => setTimeout(resolve, 300));
  assert.equal(troubles.length, 1, "once");
  await state.close();
});
