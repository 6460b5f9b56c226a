import { setTimeout as sleep } from "node:timers/promises";
import assert from "node:assert/strict";
import type { OwnRedis } from "../parts/redis.ts";
import { test } from "../parts/test.ts";
import { planFor, until } from "../state/open-redis.ts";
import {
  ask,
  assertOutcome,
  closeGates,
  freshBucket,
  type LimitGate,
  openGate,
  untilTogether,
} from "../state/two-gates.ts";
import { openSlowProxy, type SlowProxy } from "./slow-proxy.ts";

interface Scene {
  readonly redis: OwnRedis;
  readonly proxy: SlowProxy;
}

const timeoutMs = 1000;

/** A command of an administrator, past the gates. */
async function tell({ redis }: Scene, ...words: readonly string[]): Promise<unknown> {
  const { createClient } = await import("redis");
  const client = createClient({ url: redis.url });
  client.on("error", () => undefined);
  await client.connect();
  try {
    return await client.sendCommand([...words]);
  } finally {
    client.destroy();
  }
}

/** Lets it load again what it holds, so slowly that it goes on until it is told otherwise. */
async function loadSlowly(scene: Scene): Promise<void> {
  const value = "x".repeat(4096);
  for (let key = 0; key < 200; key += 1) await tell(scene, "SET", `ballast ${key}`, value);
  await tell(scene, "CONFIG", "SET", "loading-process-events-interval-bytes", "1024");
  await tell(scene, "CONFIG", "SET", "key-load-delay", "100000");
  tell(scene, "DEBUG", "RELOAD").catch(() => undefined);
  await until(async () => /^loading:1/m.test(String(await tell(scene, "INFO", "persistence"))));
}

interface Loss {
  readonly begin: (scene: Scene) => unknown;
  readonly end: (scene: Scene) => unknown;
  /** Whether it serves all the same. */
  readonly serves?: true;
}

/** All ways in which Redis is lost, and is there again. */
const losses: Readonly<Record<string, Loss>> = {
  "is stopped": {
    begin: ({ redis }) => void process.kill(redis.pid, "SIGSTOP"),
    end: ({ redis }) => void process.kill(redis.pid, "SIGCONT"),
  },
  "is killed, and comes back with nothing in it": {
    begin: ({ redis }) => redis.close(),
    end: ({ redis }) => redis.restart(),
  },
  "is slower than it may be": {
    begin: ({ proxy }) => void (proxy.delayMs = 3 * timeoutMs),
    end: ({ proxy }) => void (proxy.delayMs = 0),
  },
  "is full": {
    begin: (scene) => tell(scene, "CONFIG", "SET", "maxmemory", "1"),
    end: (scene) => tell(scene, "CONFIG", "SET", "maxmemory", "0"),
  },
  "may only be read": {
    begin: (scene) => tell(scene, "REPLICAOF", "127.0.0.1", "1"),
    end: (scene) => tell(scene, "REPLICAOF", "NO", "ONE"),
  },
  "has forgotten the scripts": {
    begin: (scene) => tell(scene, "SCRIPT", "FLUSH"),
    end: () => undefined,
    serves: true,
  },
  "takes 50 ms for each answer": {
    begin: ({ proxy }) => void (proxy.delayMs = 50),
    end: ({ proxy }) => void (proxy.delayMs = 0),
    serves: true,
  },
  "says what no Redis says": {
    begin: ({ proxy }) => void (proxy.instead = "HTTP/1.1 200 OK\r\n\r\n"),
    end: ({ proxy }) => void (proxy.instead = undefined),
  },
  "says words that are no answer to the question": {
    begin: ({ proxy }) => void (proxy.instead = "+PONG\r\n"),
    end: ({ proxy }) => void (proxy.instead = undefined),
  },
  "says less than a script does": {
    begin: ({ proxy }) => void (proxy.instead = "*1\r\n:-1\r\n"),
    end: ({ proxy }) => void (proxy.instead = undefined),
  },
  "says more than a script does": {
    begin: ({ proxy }) => void (proxy.instead = "*5\r\n:-1\r\n:9\r\n:9\r\n:9\r\n:9\r\n"),
    end: ({ proxy }) => void (proxy.instead = undefined),
  },
  "is loading what it holds": {
    begin: loadSlowly,
    end: (scene) => tell(scene, "CONFIG", "SET", "key-load-delay", "0"),
  },
  "follows a server that it does not reach": {
    begin: async (scene) => {
      await tell(scene, "CONFIG", "SET", "replica-serve-stale-data", "no");
      await tell(scene, "REPLICAOF", "127.0.0.1", "1");
    },
    end: (scene) => tell(scene, "REPLICAOF", "NO", "ONE"),
  },
};

async function twoGates({ proxy, redis }: Scene): Promise<readonly [LimitGate, LimitGate]> {
  const url = new URL(redis.url);
  url.port = String(proxy.port);
  const plan = planFor(url.href, { timeoutMs });
  return [await openGate(plan), await openGate(plan)];
}

/** Once the first has waited in vain, nobody waits: what is asked is answered at once. */
function assertNobodyWaits(gates: readonly LimitGate[], lost: boolean): void {
  for (const { limits, state } of gates)
    if (lost && !state.isAvailable)
      assert.ok(!(limits.takeAll([freshBucket(10)]) instanceof Promise), "it waits");
}

for (const [loss, { begin, end, serves = false }] of Object.entries(losses))
  test(
    `when Redis ${loss}, nobody fails, and nobody has a second burst then or afterwards`,
    {
      needs: ["ownRedis"],
      timeout: 90_000,
    },
    async ({ ownRedis: redis }, context) => {
      const scene = { redis, proxy: await openSlowProxy(Number(new URL(redis.url).port), context) };
      const gates = await twoGates(scene);
      const [spent, alone, denied] = [freshBucket(20), freshBucket(20), freshBucket(20, "deny")];
      assertOutcome(await ask(gates, spent, 30), { admitted: 20, unknown: 0 }, "before");
      await begin(scene);
      const during = await ask(gates, spent, 30);
      const isLost = gates.some(({ state }) => !state.isAvailable);
      assert.equal(isLost, !serves);
      if (isLost) assert.ok(during.waited <= gates.length, "one wait at each node, for everybody");
      assertNobodyWaits(gates, isLost);
      assertOutcome(during, { admitted: 0, refused: 60, unknown: 0 }, "a bucket that was empty");
      const own = await ask(gates, alone, 30);
      assert.equal(own.unknown, 0);
      assert.ok(own.admitted <= 20 * gates.length, "each process by itself at most");
      const strict = await ask(gates, denied, 30);
      if (isLost)
        assertOutcome(strict, { admitted: 0, unknown: 60 }, "what is denied without Redis");
      else assertOutcome(strict, { admitted: 20, unknown: 0 }, "as ever");
      await end(scene);
      await untilTogether(gates);
      assertOutcome(await ask(gates, spent, 30), { admitted: 0, unknown: 0 }, "afterwards");
      const rest = await ask(gates, alone, 30);
      assert.ok(own.admitted + rest.admitted <= Math.max(20, own.admitted), "no second burst");
      if (isLost)
        assertOutcome(await ask(gates, denied, 30), { admitted: 20, unknown: 0 }, "exact again");
      await closeGates(gates);
    },
  );

test(
  "what each gate let through by itself is added up, by whom it is asked for and by nobody",
  {
    needs: ["ownRedis"],
    timeout: 90_000,
  },
  async ({ ownRedis: redis }, context) => {
    const scene = { redis, proxy: await openSlowProxy(Number(new URL(redis.url).port), context) };
    const gates = await twoGates(scene);
    const bucket = freshBucket(30);
    process.kill(redis.pid, "SIGSTOP");
    assertOutcome(await ask(gates, bucket, 10), { admitted: 20, unknown: 0 }, "alone");
    process.kill(redis.pid, "SIGCONT");
    await untilTogether(gates);
    // A third gate that has seen nothing of it: the two have told Redis without being asked.
    const third = await openGate(planFor(redis.url, { timeoutMs }));
    const most = freshBucket(1000);
    await until(async () => {
      await ask([third], most, 1);
      const { remaining } = await third.limits.takeAll([{ ...bucket, cost: 0.5 }]);
      return (remaining[0] ?? 30) <= 10;
    });
    await sleep(50);
    await closeGates([...gates, third]);
  },
);
