import assert from "node:assert/strict";
import { allocateSharedBuckets, SharedMemoryState } from "./shared-memory.ts";
import type { ProvenanceState } from "./provenance.ts";
import { test } from "../../../../test/parts/test.ts";
import { RedisState } from "./redis.ts";
import { allocateSharedProvenance, SharedProvenanceState } from "./shared-provenance.ts";

const shared = (ids = 262_144, now?: () => number): SharedProvenanceState =>
  new SharedProvenanceState(allocateSharedProvenance(ids, [1, 2, 3, 4]), now);

async function openRedis(url: string): Promise<RedisState> {
  const state = RedisState.open({
    url,
    prefix: `portcullis-test:${process.pid}:`,
    timeoutMs: 2000,
    fallback: new SharedMemoryState(allocateSharedBuckets(1024, [1, 2])),
    onTrouble: () => undefined,
  });
  for (let tries = 0; tries < 100 && (await state.knows("nobody", ["x"])) === undefined; tries += 1)
    await new Promise((resolve) => setTimeout(resolve, 20));
  return state;
}

const sentence = "a caller knows what it was shown, and nothing that another was";
test(`shared memory: ${sentence}`, () => knowsWhatItWasShown(shared()));
test(`Redis: ${sentence}`, { needs: ["redis"] }, async ({ redis }) => {
  const state = await openRedis(redis);
  await knowsWhatItWasShown(state);
  await state.close();
});

async function knowsWhatItWasShown(state: ProvenanceState): Promise<void> {
  const run = Date.now();
  state.note(`ann-${run}`, ["account\na-1", "account\na-2"]);
  await new Promise((resolve) => setTimeout(resolve, 50));
  assert.equal(await state.knows(`ann-${run}`, ["account\na-1", "account\na-2"]), true);
  assert.equal(await state.knows(`ann-${run}`, ["account\na-1", "account\na-3"]), false);
  assert.equal(await state.knows(`ann-${run}`, ["card\na-1"]), false);
  assert.equal(await state.knows(`ben-${run}`, ["account\na-1"]), false);
}

test("a thousand ids of a caller are kept, and of a hundred thousand others none is taken for shown", () => {
  const state = shared();
  const ids = Array.from({ length: 1000 }, (_, index) => `account\n${index}`);
  state.note("ann", ids);
  assert.ok(ids.filter((id) => state.knows("ann", [id])).length >= 998);
  assert.equal(
    Array.from({ length: 100_000 }, (_, index) => `account\nother-${index}`).filter((id) =>
      state.knows("ann", [id]),
    ).length,
    0,
  );
});

test("one who is shown very much forgets their own oldest, and makes nobody else forget", () => {
  let now = 1_800_000_000_000;
  const state = shared(262_144, () => now);
  const others = Array.from({ length: 200 }, (_, index) => `user-${index}`);
  for (const other of others)
    state.note(
      other,
      Array.from({ length: 20 }, (_, index) => `account\n${other}-${index}`),
    );
  now += 3_600_000;
  state.note(
    "flood",
    Array.from({ length: 50_000 }, (_, index) => `account\n${index}`),
  );
  const lost = others
    .flatMap((other) =>
      Array.from({ length: 20 }, (_, index) => state.knows(other, [`account\n${other}-${index}`])),
    )
    .filter((known) => !known).length;
  assert.ok(lost <= 8, `${lost} of 4000`);
  assert.ok(state.knows("flood", ["account\n49999"]));
});
