import assert from "node:assert/strict";
import { setTimeout as sleep } from "node:timers/promises";
import {
  allocateSharedBuckets,
  allocateSharedReplay,
  limitsLocalOnLoss,
  proofsLocalOnLoss,
  rateBucket,
  type RedisState,
  SharedMemoryState,
  SharedReplayState,
} from "@portcullis/guard/state";
import { test } from "../parts/test.ts";
import { openRedis, planFor, until } from "../state/open-redis.ts";
import type { ThrowAwayServer } from "../parts/throw-away-server.ts";

const bucket = rateBucket("a", "", { intervalMs: 1000, burst: 10_000 });
const memory = (): SharedMemoryState => new SharedMemoryState(allocateSharedBuckets(1024, [1, 2]));

const opened = ({ url }: ThrowAwayServer) => openRedis(planFor(url, { timeoutMs: 100 }));

const stop = ({ pid }: ThrowAwayServer): void => void process.kill(pid, "SIGSTOP");
const goOn = ({ pid }: ThrowAwayServer): void => void process.kill(pid, "SIGCONT");

/** Everything that asks Redis, and what each has of it while it is lost. */
const users: Readonly<Record<string, (state: RedisState) => Promise<unknown>>> = {
  limits: async (state) => state.takeAll([bucket]),
  proofs: (state) => state.useOnce("key", "proof", 60),
  provenance: (state) => state.knows("ann", ["account\na-1"]),
};

for (const [first, ask] of Object.entries(users))
  test(`when Redis stops, one wait for ${first} is the last for everybody, until it answers again`, {
    needs: ["ownRedis"],
    timeout: 60_000,
  }, async ({ ownRedis: server }) => {
    const { state, told } = await opened(server);
    stop(server);
    await ask(state).catch(() => undefined);
    assert.equal(state.isAvailable, false, "the first timeout opens the breaker");
    // Whoever waited for Redis would let the event loop turn; nobody does.
    let turned = false;
    setImmediate(() => (turned = true));
    await assert.rejects(async () => state.takeAll([bucket]), /cannot be reached/);
    await assert.rejects(state.useOnce("key", "another", 60), /cannot be reached/);
    assert.equal(await state.knows("ann", ["account\na-1"]), undefined);
    state.note("ann", ["account\na-1"]);
    const counted = limitsLocalOnLoss(state, memory()).takeAll([bucket]);
    assert.ok(!(counted instanceof Promise), "limits are counted here at once");
    const local = new SharedReplayState(allocateSharedReplay(1000, [1, 2, 3, 4]));
    const proofs = proofsLocalOnLoss(state, local);
    assert.deepEqual(
      [proofs.useOnce("key", "third", 60), proofs.useOnce("key", "third", 60)],
      ["first", "again"],
    );
    assert.equal(turned, false, "nobody waits while it is open");
    await until(() => told.length > 0);
    assert.match(told.join(), /^no answer within 100 ms$/, "told once");
    goOn(server);
    await until(() => state.isAvailable);
    assert.equal((await state.takeAll([bucket])).refusedBy, -1);
    assert.equal(await state.useOnce("key", `fresh-${first}`, 60), "first");
    assert.equal(told.at(-1), "answers");
    assert.equal(told.length, 2);
    await state.close();
  });

test("what Redis has taken when nobody waited for it any more is given back", {
  needs: ["ownRedis"],
  timeout: 60_000,
}, async ({ ownRedis: server }) => {
  const { state } = await opened(server);
  const slow = rateBucket("late", "ann", { intervalMs: 60_000, burst: 10 });
  const flight = {
    kind: "concurrent",
    limit: "flight",
    who: "ann",
    cost: 1,
    onLoss: "local",
    most: 1,
  } as const;
  assert.deepEqual((await state.takeAll([slow])).remaining, [9]);
  stop(server);
  await assert.rejects(Promise.resolve(state.takeAll([slow, flight])), /cannot be reached/);
  goOn(server);
  await until(() => state.isAvailable);
  // Behind what is given back, on the same connection.
  await state.time();
  assert.deepEqual((await state.takeAll([slow, flight])).remaining, [8, 0]);
  await state.close();
});

test("a Redis that stays silent for longer than its connection is kept is found again", {
  needs: ["ownRedis"],
  timeout: 60_000,
}, async ({ ownRedis: server }) => {
  const { state, told } = await opened(server);
  stop(server);
  await Promise.resolve(state.takeAll([bucket])).catch(() => undefined);
  await sleep(6000);
  assert.equal(state.isAvailable, false);
  goOn(server);
  await until(() => state.isAvailable);
  assert.equal(await state.useOnce("key", "after a new connection", 60), "first");
  assert.deepEqual(told, ["no answer within 100 ms", "answers"]);
  await state.close();
});

test("a Redis that may only be read does not pass for one that serves, and is told of once", {
  needs: ["ownRedis"],
  timeout: 60_000,
}, async ({ ownRedis: server }) => {
  const { state, told } = await opened(server);
  const { createClient } = await import("redis");
  const client = createClient({ url: server.url });
  await client.connect();
  await client.sendCommand(["CONFIG", "SET", "min-replicas-to-write", "1"]);
  await assert.rejects(state.useOnce("key", "proof", 60));
  await until(() => !state.isAvailable);
  for (let count = 0; count < 20; count += 1) {
    await assert.rejects(async () => state.takeAll([bucket]));
    await sleep(20);
  }
  assert.equal(told.filter((one) => /NOREPLICAS/.test(one)).length, told.length);
  assert.ok(told.length <= 2, told.join("\n"));
  await client.sendCommand(["CONFIG", "SET", "min-replicas-to-write", "0"]);
  await until(() => state.isAvailable);
  client.destroy();
  await state.close();
});
