import assert from "node:assert/strict";
import { createHash, randomBytes } from "node:crypto";
import { test } from "../../../../test/parts/test.ts";
import type { LearnedEntry, LearnedState } from "./learned.ts";
import { openRedis, planFor } from "../../../../test/state/open-redis.ts";
import { allocateSharedLearned, SharedLearnedState } from "./shared-learned.ts";

let nowSeconds = 1000;
const now = (): number => nowSeconds;
const nameOf = (text: string): string => createHash("sha256").update(text).digest("base64url");
const entryOf = (owner: string, more: Partial<LearnedEntry> = {}): LearnedEntry => ({
  owner: createHash("sha256").update(owner).digest().subarray(0, 16),
  sealed: Buffer.from(`sealed of ${owner}`),
  expiresAtSeconds: nowSeconds + 600,
  ...more,
});
const inMemory = (sets?: number): SharedLearnedState =>
  new SharedLearnedState(allocateSharedLearned(sets), now);
const never = (): void => assert.fail("nobody else has it");

async function openLearned(url: string, prefix: string, here = inMemory(16)) {
  const { state: redis } = await openRedis(planFor(url), prefix);
  return { redis, here, state: redis.learned(here) };
}
const prefixOf = (): string => `portcullis-test:${randomBytes(6).toString("hex")}:`;

async function keepsOneOwner(state: LearnedState): Promise<void> {
  const [name, other] = [nameOf("a"), nameOf("b")];
  assert.equal(await state.get(name), undefined);
  assert.equal(state.put(name, entryOf("ann"), never), true);
  assert.deepEqual(Buffer.from((await state.get(name))?.sealed ?? []).toString(), "sealed of ann");
  assert.equal(await state.get(other), undefined);
  assert.equal(state.put(name, entryOf("ann", { sealed: Buffer.from("again") }), never), true);
  assert.equal(Buffer.from((await state.get(name))?.sealed ?? []).toString(), "again");
  assert.equal(
    state.put(name, entryOf("bob"), () => undefined),
    false,
  );
  assert.equal(await state.get(name), undefined, "it is nobody's");
  state.put(other, entryOf("ann"), never);
  state.remove(other);
  assert.equal(await state.get(other), undefined);
}
const sentence = "a credential has one owner, and none once it is given to another or taken back";
test(`shared memory: ${sentence}`, () => keepsOneOwner(inMemory()));
test(`Redis: ${sentence}`, { needs: ["redis"] }, async ({ redis: url }) => {
  const { redis, state } = await openLearned(url, prefixOf());
  await keepsOneOwner(state);
  await redis.close();
});

test("what has ended is nobody's, and anybody's may take its place", () => {
  const state = inMemory();
  const name = nameOf("short");
  state.put(name, entryOf("ann", { expiresAtSeconds: nowSeconds + 5 }));
  nowSeconds += 5;
  assert.equal(state.get(name), undefined);
  assert.equal(state.put(name, entryOf("bob")), true);
});

test("a full memory gives up what has ended, then what was learned first, and nothing else", () => {
  const state = inMemory(1);
  const names = Array.from({ length: 9 }, (_, index) => nameOf(`one-${index}`));
  for (const name of names.slice(0, 8)) {
    state.put(name, entryOf(name));
    nowSeconds += 1;
  }
  state.put(names[8] as string, entryOf("last"));
  const left = names.map((name) => state.get(name) !== undefined);
  assert.deepEqual(left, [false, ...Array.from({ length: 8 }, () => true)]);
});

test("what is larger than its place is refused whole", () => {
  assert.throws(() => inMemory().put(nameOf("x"), entryOf("ann", { sealed: Buffer.alloc(2000) })));
});

test("another thread's view of the memory knows what this one has learned", () => {
  const shared = allocateSharedLearned();
  const [one, two] = [new SharedLearnedState(shared, now), new SharedLearnedState(shared, now)];
  one.put(nameOf("s"), entryOf("ann"));
  assert.notEqual(two.get(nameOf("s")), undefined);
  two.remove(nameOf("s"));
  assert.equal(one.get(nameOf("s")), undefined);
});

test("nodes that share Redis know who has signed in at another, and who has left there", {
  needs: ["redis"],
}, async ({ redis: url }) => {
  const prefix = prefixOf();
  const [one, two] = [await openLearned(url, prefix), await openLearned(url, prefix)];
  const name = nameOf("everywhere");
  one.state.put(name, entryOf("ann"), never);
  assert.notEqual(await one.state.get(name), undefined, "at once where it was learned");
  await until(async () => (await two.state.get(name)) !== undefined);
  two.state.remove(name);
  nowSeconds += 10;
  await until(async () => (await one.state.get(name)) === undefined);
  one.state.put(name, entryOf("ann"), never);
  await until(async () => (await two.state.get(name)) !== undefined);
  const taken = new Promise<void>((resolve) => {
    assert.equal(two.state.put(name, entryOf("bob"), resolve), true, "it is not known here yet");
  });
  await taken;
  assert.equal(await two.state.get(name), undefined);
  await one.redis.close();
  await assert.rejects(async () => one.state.get(name), "nobody can tell while Redis is lost");
  await two.redis.close();
});

async function until(holds: () => Promise<boolean>): Promise<void> {
  const end = Date.now() + 10_000;
  while (!(await holds())) {
    assert.ok(Date.now() < end, "it did not come about");
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}
