// What limits cost in memory, whether they are exact, and whether a flood of keys frees anybody.
//
//   node tools/run.mjs bench/limits.ts [requests] [redis://…]
import { fork } from "node:child_process";
import { fileURLToPath } from "node:url";
import { Worker } from "node:worker_threads";
import {
  allocateSharedBuckets,
  evictionsOf,
  rateBucket,
  SharedMemoryState,
} from "@portcullis/guard/state";
import type { LimitRule } from "../packages/guard/src/controls/limit/rules.ts";
import { compileLimits } from "../packages/guard/src/controls/limit/take-limits.ts";
import { sentBy } from "../test/limits/sample-limits.ts";
import { type Admitted, excessOf, type Load, loads } from "./limits/exactness.ts";

const minute = 60_000;
const [, , requestsText = "1000000", redis] = process.argv;
const requests = Number(requestsText);

/** Five limits of one operation, none of which refuses. */
const rules: readonly LimitRule[] = (
  [
    [["address"], 1000],
    [["user"], 2000],
    [["device"], 3000],
    [["user", "operation"], 4000],
    [["everyone"], 9_000_000],
  ] as const
).map(([per, count], index) => ({
  name: `limit${index}`,
  place: `1.${index + 1}`,
  kind: "rate",
  measure: { of: "requests" },
  per,
  count: "all",
  zone: "UTC",
  onStateLoss: undefined,
  forms: [
    {
      app: undefined,
      cost: 1,
      bound: { kind: "rate", rate: { count, windowMs: minute }, burst: undefined },
    },
  ],
}));

/** CPU microseconds of a request's limits, with so many users. */
function costOf(users: number): number {
  const { before } = compileLimits(rules, {
    state: new SharedMemoryState(allocateSharedBuckets(524_288, [1, 2])),
    tiers: [],
    onStateLoss: "local",
    operation: "getAccount",
    headers: "always",
    legacyHeaders: false,
  });
  const senders = Array.from({ length: users }, (_, index) => ({
    ...sentBy({
      user: `user-${index}`,
      device: `device-${index}`,
      address: `10.${index >> 16}.${(index >> 8) & 255}.${index & 255}`,
    }),
  }));
  const run = (count: number): number => {
    const began = process.cpuUsage();
    for (let index = 0; index < count; index += 1) {
      const sender = senders[(index * 7919) % users] as (typeof senders)[number];
      sender.answerFields.length = 0;
      void before?.(sender);
    }
    const { system, user } = process.cpuUsage(began);
    return (system + user) / count;
  };
  run(200_000);
  return Math.min(...Array.from({ length: 5 }, () => run(200_000)));
}

/** Whether a spent limit stays spent beside so many invented keys of the same kind. */
function flood(keys: number): string {
  const shared = allocateSharedBuckets(524_288, [1, 2]);
  const state = new SharedMemoryState(shared);
  const bounds = { intervalMs: minute / 5, burst: 5 };
  const ask = (who: string): number => state.takeAll([rateBucket("5/min", who, bounds)]).refusedBy;
  for (let count = 0; count < 5; count += 1) ask("victim");
  const began = performance.now();
  let passed = 0;
  for (let index = 0; index < keys; index += 1) {
    ask(`invented ${index}`);
    if (index % 1000 === 0 && ask("victim") === -1) passed += 1;
  }
  const seconds = (performance.now() - began) / 1000;
  return `${keys} invented keys in ${seconds.toFixed(1)} s: the spent 5/min let ${passed} more pass (its rate allows ${Math.ceil(seconds / 12)}), ${evictionsOf(shared).short} evictions`;
}

const here = (name: string): URL => new URL(`./limits/${name}`, import.meta.url);

/** Two threads that share memory, or two processes that share Redis, ask at once. */
async function admittedBy(load: Load, count: number): Promise<readonly Admitted[]> {
  const seeds = [1, 2] as const;
  const shared = allocateSharedBuckets(65_536, seeds);
  const prefix = `bench-limits:${process.pid}:${load.name}:`;
  const both = [0, 1].map(
    () =>
      new Promise<Admitted[]>((resolve, reject) => {
        if (redis === undefined) {
          const worker = new Worker(here("ask.ts"), { workerData: { shared, load, count } });
          worker.once("message", resolve).once("error", reject);
        } else {
          const task = JSON.stringify({ redis, prefix, load, count });
          const child = fork(fileURLToPath(here("ask.ts")), [task], { serialization: "advanced" });
          child.once("message", (all) => resolve(all as Admitted[])).once("error", reject);
        }
      }),
  );
  return (await Promise.all(both)).flat();
}

if (redis === undefined) {
  for (const users of [1000, 50_000])
    console.log(`five limits, ${users} users: ${costOf(users).toFixed(2)} µs CPU`);
  console.log(flood(10_000_000));
}
for (const load of loads) {
  const admitted = await admittedBy(load, requests / 2 / loads.length);
  const { excess, keys } = excessOf(admitted, load);
  console.log(
    `${redis === undefined ? "memory, two threads" : "Redis, two processes"}, ${load.name}: ${admitted.length} of ${requests / loads.length} admitted over ${keys} keys; most beyond burst + rate x length in any window: ${excess.toFixed(3)}`,
  );
}
