import assert from "node:assert/strict";
import type { RateBucket, RedisPlan } from "@portcullis/guard/state";
import type { RedisCluster } from "../parts/redis-cluster.ts";
import { test } from "../parts/test.ts";
import {
  ask,
  assertOutcome,
  closeGates,
  freshBucket,
  type LimitGate,
  openGate,
  untilTogether,
} from "./two-gates.ts";

/** Buckets in every part of a cluster. */
const spread = (burst: number, onLoss: "local" | "deny" = "local"): readonly RateBucket[] =>
  Array.from({ length: 24 }, (_, index) => {
    const bucket = freshBucket(burst, onLoss);
    return { ...bucket, who: `${bucket.who} ${index}` };
  });

async function askAll(gates: readonly LimitGate[], buckets: readonly RateBucket[], each: number) {
  const all = { admitted: 0, refused: 0, unknown: 0, waited: 0 };
  for (const bucket of buckets) {
    const one = await ask(gates, bucket, each);
    all.admitted += one.admitted;
    all.refused += one.refused;
    all.unknown += one.unknown;
    all.waited += one.waited;
  }
  return all;
}

/** Two gates ask without a pause while the server is replaced, and count together again afterwards. */
async function staysExact(plan: RedisPlan, replace: () => Promise<void> | void): Promise<void> {
  const gates = [await openGate(plan), await openGate(plan)];
  const spent = spread(5);
  assertOutcome(await askAll(gates, spent, 5), { admitted: 120, unknown: 0 }, "before");
  const over = new AbortController();
  const meanwhile = (async () => {
    const all = { admitted: 0, unknown: 0 };
    while (!over.signal.aborted) {
      const { admitted, unknown } = await askAll(gates, spent, 1);
      all.admitted += admitted;
      all.unknown += unknown;
      await new Promise((resolve) => setTimeout(resolve, 5));
    }
    return all;
  })();
  await replace();
  await untilLost(gates);
  await untilTogether(gates);
  over.abort();
  assert.deepEqual(await meanwhile, { admitted: 0, unknown: 0 }, "nobody fails, and none is free");
  assertOutcome(await askAll(gates, spent, 2), { admitted: 0, unknown: 0 }, "what was spent is");
  const anew = spread(5, "deny");
  assertOutcome(await askAll(gates, anew, 5), { admitted: 120, unknown: 0 }, "exact again");
  await closeGates(gates);
}

async function untilLost(gates: readonly LimitGate[]): Promise<void> {
  const deadline = performance.now() + 10_000;
  while (gates.some(({ told }) => told.length === 0) && performance.now() < deadline)
    await new Promise((resolve) => setTimeout(resolve, 1));
}

const timeoutMs = 1000;

test("a cluster's node that is killed is replaced while gates ask it, and the others stay exact", {
  needs: ["redisCluster"],
  timeout: 120_000,
}, async ({ redisCluster: cluster }) => {
  await staysExact(
    { addresses: cluster.addresses, form: "cluster", master: undefined, timeoutMs },
    async () => void process.kill((await aMaster(cluster)).pid, "SIGKILL"),
  );
});

async function aMaster(cluster: RedisCluster) {
  for (const node of cluster.nodes)
    if (/role:master/.test(await cluster.ask(node, "INFO", "replication"))) return node;
  throw new Error("no node is a master");
}

test("a server under a sentinel that is killed is replaced while gates ask it", {
  needs: ["redisSentinel"],
  timeout: 120_000,
}, async ({ redisSentinel: { addresses, master, servers } }) => {
  await staysExact(
    { addresses, form: "sentinel", master, timeoutMs },
    () => void process.kill(servers[0].pid, "SIGKILL"),
  );
});
