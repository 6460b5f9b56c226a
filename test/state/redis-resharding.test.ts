import assert from "node:assert/strict";
import { slotOf } from "../../packages/guard/src/state/redis/key-slot.ts";
import type { RedisCluster } from "../parts/redis-cluster.ts";
import { test } from "../parts/test.ts";
import { ask, assertOutcome, closeGates, freshBucket, openGate } from "./two-gates.ts";

const timeoutMs = 2000;

interface Master {
  readonly id: string;
  readonly port: number;
  readonly tell: (...words: readonly string[]) => Promise<unknown>;
}

/** The masters of a cluster, each with a way to it that follows no redirection. */
async function mastersOf(cluster: RedisCluster): Promise<{ all: Master[]; close: () => void }> {
  const { createClient } = await import("redis");
  const [first] = cluster.nodes;
  assert.ok(first !== undefined);
  const lines = (await cluster.ask(first, "CLUSTER", "NODES")).trim().split("\n");
  const closing: (() => void)[] = [];
  const all: Master[] = [];
  for (const line of lines.filter((one) => /\bmaster\b/.test(one))) {
    const port = Number(/:(\d+)@/.exec(line)?.[1]);
    const node = cluster.nodes.find((one) => one.port === port);
    const client = createClient({ url: String(node?.url) });
    await client.connect();
    closing.push(() => client.destroy());
    const id = line.split(" ")[0] as string;
    all.push({ id, port, tell: (...words) => client.sendCommand([...words]) });
  }
  return { all, close: () => closing.forEach((end) => end()) };
}

/** Moves a slot to the next master, key by key, as an administrator does while others ask. */
async function moveSlot(masters: readonly Master[], slot: string, password: string) {
  const owners = await Promise.all(
    masters.map(
      async ({ id, tell }) =>
        new RegExp(`^${id} .*`, "m").exec(String(await tell("CLUSTER", "NODES")))?.[0],
    ),
  );
  const from = masters.findIndex((_, index) => holds(owners[index], Number(slot)));
  const [source, target] = [masters[from], masters[(from + 1) % masters.length]];
  assert.ok(source !== undefined && target !== undefined, `nobody has the slot ${slot}`);
  await target.tell("CLUSTER", "SETSLOT", slot, "IMPORTING", source.id);
  await source.tell("CLUSTER", "SETSLOT", slot, "MIGRATING", target.id);
  let moved = 0;
  for (;;) {
    const keys = (await source.tell("CLUSTER", "GETKEYSINSLOT", slot, "1")) as string[];
    if (keys.length === 0) break;
    const way = ["127.0.0.1", String(target.port), "", "0", "5000", "AUTH", password];
    await source.tell("MIGRATE", ...way, "KEYS", ...keys);
    moved += keys.length;
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
  for (const { tell } of [target, ...masters.filter((one) => one !== target)])
    await tell("CLUSTER", "SETSLOT", slot, "NODE", target.id);
  return moved;
}

/** Whether a line of CLUSTER NODES has the slot: single ones, and ranges of them. */
const holds = (line: string | undefined, slot: number): boolean =>
  (line ?? "")
    .split(" ")
    .slice(8)
    .some((range) => {
      const [first = "", last = first] = range.split("-");
      return slot >= Number(first) && slot <= Number(last);
    });

test("slots that move from node to node while gates ask lose nothing, and nobody fails", {
  needs: ["redisCluster"],
  timeout: 120_000,
}, async ({ redisCluster: cluster }) => {
  const plan = {
    addresses: cluster.addresses,
    form: "cluster",
    master: undefined,
    timeoutMs,
  } as const;
  // On a busy machine a node may be silent for long, and must not be replaced while slots move.
  for (const node of cluster.nodes)
    await cluster.ask(node, "CONFIG", "SET", "cluster-node-timeout", "60000");
  const gates = [await openGate(plan), await openGate(plan)];
  const masters = await mastersOf(cluster);
  // Of each caller a bucket that is empty, one that is asked for meanwhile, and one for both at once.
  const callers = Array.from({ length: 8 }, (_, index) => {
    const [spent, asked] = [freshBucket(5, "deny"), freshBucket(12, "deny")];
    const who = `${spent.who} ${index}`;
    return { spent: { ...spent, who }, asked: { ...asked, who } };
  });
  for (const { spent } of callers)
    assertOutcome(await ask(gates, spent, 4), { admitted: 5, unknown: 0 }, "before");
  const over = new AbortController();
  const all = { admitted: 0, unknown: 0, free: 0 };
  const meanwhile = (async () => {
    while (!over.signal.aborted)
      for (const { asked, spent } of callers) {
        const one = await ask(gates, spent, 1);
        const other = await ask(gates, asked, 1);
        all.free += one.admitted;
        all.admitted += other.admitted;
        all.unknown += one.unknown + other.unknown;
        for (const { limits } of gates) {
          const both = await limits.takeAll([asked, spent]);
          assert.notEqual(both.refusedBy, -1, "one of the two is empty");
        }
      }
  })();
  let moved = 0;
  const password = cluster.nodes[0]?.password as string;
  for (const { spent } of callers)
    moved += await moveSlot(masters.all, String(slotOf(`{${spent.who}}`)), password);
  over.abort();
  await meanwhile;
  masters.close();
  assert.ok(moved >= callers.length, `${moved} keys were moved`);
  for (const { asked } of callers) all.admitted += (await ask(gates, asked, 12)).admitted;
  assert.deepEqual(all, { admitted: 12 * callers.length, unknown: 0, free: 0 });
  await closeGates(gates);
});
