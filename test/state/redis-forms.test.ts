import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import {
  allocateSharedLearned,
  rateBucket,
  type RedisPlan,
  type RedisState,
  SharedLearnedState,
  steadyMs,
} from "@portcullis/guard/state";
import { type Given, test } from "../parts/test.ts";
import { openRedis, planFor, until } from "./open-redis.ts";

type Needed = "redis" | "redisCluster" | "redisSentinel";

interface Form {
  readonly needs: readonly Needed[];
  readonly plan: (given: Given<Needed>) => RedisPlan;
}

/** How Redis may be there, and how a policy says so. */
const forms: Readonly<Record<string, Form>> = {
  "one server": { needs: ["redis"], plan: ({ redis }) => planFor(redis, { form: "single" }) },
  "one server under a plain address": { needs: ["redis"], plan: ({ redis }) => planFor(redis) },
  "a server that a sentinel names": {
    needs: ["redisSentinel"],
    plan: ({ redisSentinel: { addresses, master } }) => ({
      ...planFor(""),
      addresses,
      form: "sentinel",
      master,
    }),
  },
  "a cluster": {
    needs: ["redisCluster"],
    plan: ({ redisCluster: { addresses } }) => ({ ...planFor(""), addresses, form: "cluster" }),
  },
  "a cluster, one node of which stands under a plain address": {
    needs: ["redisCluster"],
    plan: ({ redisCluster: { addresses } }) => planFor(addresses[4] as string),
  },
};

let made = 0;
/** More keys than there are nodes, so that each of them has some; nobody used them before. */
const fresh = (): readonly string[] => {
  made += 1;
  return Array.from({ length: 20 }, (_, index) => `${index}-${made}-${Date.now()}`);
};

/** Everything that is kept in Redis, and how it is seen that two gates keep it together. */
const kinds: Readonly<
  Record<string, (one: RedisState, two: RedisState, names: readonly string[]) => Promise<void>>
> = {
  async limits(one, two, names) {
    const given = await Promise.all(
      names.flatMap((name) => {
        const bucket = rateBucket("limit", name, { intervalMs: 60_000, burst: 3 });
        const wide = rateBucket("wide", `another ${name}`, { intervalMs: 60_000, burst: 1000 });
        return [one, two, one, two].map(async (state) => state.takeAll([wide, bucket]));
      }),
    );
    assert.equal(given.filter(({ refusedBy }) => refusedBy === -1).length, 3 * names.length);
  },
  async "used proofs"(one, two, names) {
    for (const name of names)
      assert.deepEqual(
        [await one.useOnce("key", name, 60), await two.useOnce("key", name, 60)],
        ["first", "again"],
      );
  },
  async provenance(one, two, names) {
    for (const name of names) one.note(`caller-${name}`, [name, "other"]);
    for (const name of names) {
      await until(async () => (await two.knows(`caller-${name}`, [name, "other"])) === true);
      assert.equal(await two.knows(`caller-${name}`, ["unseen"]), false);
    }
  },
  async "who has signed in"(one, two, names) {
    const here = (): SharedLearnedState =>
      new SharedLearnedState(allocateSharedLearned(64), () => Math.floor(steadyMs() / 1000));
    const [first, second] = [one.learned(here()), two.learned(here())];
    const expiresAtSeconds = Math.floor(steadyMs() / 1000) + 600;
    const entry = { owner: Buffer.alloc(16, 1), sealed: Buffer.from("sealed"), expiresAtSeconds };
    for (const each of names) {
      const name = createHash("sha256").update(each).digest("base64url");
      first.put(name, entry, () => undefined);
      await until(async () => (await second.get(name)) !== undefined);
    }
  },
  async "what time it is"(one, two) {
    const [first, second] = [await one.time(), await two.time()];
    assert.ok(first !== undefined && second !== undefined && second >= first);
  },
};

for (const [form, { needs, plan }] of Object.entries(forms))
  for (const [kind, isShared] of Object.entries(kinds))
    test(`${form}: two gates share ${kind}`, {
      needs,
    }, async (given) => {
      const where = plan(given);
      const [one, two] = [await openRedis(where), await openRedis(where)];
      await isShared(one.state, two.state, fresh());
      assert.deepEqual([...one.told, ...two.told], []);
      await one.state.close();
      await two.state.close();
    });
