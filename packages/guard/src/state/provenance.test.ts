import assert from "node:assert/strict";
import type { ProvenanceState } from "./provenance.ts";
import { test } from "../../../../test/parts/test.ts";
import { openRedis, planFor } from "../../../../test/state/open-redis.ts";
import { forgottenShare, type ProvenanceSize, sizeOfProvenance } from "./provenance-size.ts";
import {
  allocateSharedProvenance,
  countsOfProvenance,
  SharedProvenanceState,
} from "./shared-provenance.ts";

const plentiful: ProvenanceSize = { callers: 4000, idsEach: 50, mostEach: 2000 };
const shared = (size = plentiful, now?: () => number): SharedProvenanceState =>
  new SharedProvenanceState(allocateSharedProvenance(size, [1, 2, 3, 4]), now);

const sentence = "a caller knows what it was shown, and nothing that another was";
test(`shared memory: ${sentence}`, () => knowsWhatItWasShown(shared()));
test(`Redis: ${sentence}`, { needs: ["redis"] }, async ({ redis }) => {
  const { state } = await openRedis(planFor(redis));
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
  const state = shared();
  const others = Array.from({ length: 200 }, (_, index) => `user-${index}`);
  const idsOf = (caller: string): string[] =>
    Array.from({ length: 50 }, (_, index) => `account\n${caller}-${index}`);
  for (const other of others) state.note(other, idsOf(other));
  for (let flood = 0; flood < 20; flood += 1)
    state.note(
      `flood-${flood}`,
      Array.from({ length: 50_000 }, (_, index) => `account\n${index}`),
    );
  assert.deepEqual(
    others.filter((other) => !state.knows(other, idsOf(other))),
    [],
  );
  assert.ok(state.knows("flood-3", ["account\n49999"]));
});

test("a hundred thousand callers with fifty ids each keep all of them, in the memory that is named", () => {
  const size: ProvenanceSize = { callers: 100_000, idsEach: 50, mostEach: 2000 };
  const memory = allocateSharedProvenance(size, [5, 6, 7, 8]);
  const state = new SharedProvenanceState(memory);
  const caller = (index: number): string => `3f0c9a52-${index}`;
  const idsOf = (index: number): string[] =>
    Array.from({ length: 50 }, (_, id) => `note\nn-${index}-${id}`);
  for (let index = 0; index < size.callers; index += 1) state.note(caller(index), idsOf(index));
  let kept = 0;
  for (let index = 0; index < size.callers; index += 1)
    if (state.knows(caller(index), idsOf(index))) kept += 50;
  const { bytes, ids } = sizeOfProvenance(size);
  const share = kept / ids;
  assert.ok(share >= 0.99, `${(share * 100).toFixed(3)} % kept`);
  assert.ok(1 - share <= forgottenShare(size) + 0.0005, `${forgottenShare(size)} computed`);
  assert.ok(bytes / ids <= 9, `${(bytes / ids).toFixed(2)} bytes an id`);
  const taken = memory.kept.byteLength + memory.beside.byteLength;
  assert.ok(taken <= bytes + 1024, `${taken} of ${bytes} bytes`);
  const { callers, forgotten } = countsOfProvenance(memory);
  assert.ok(callers > 99_900 && forgotten < 50_000, `${callers} callers, ${forgotten} forgotten`);
});

test("of more callers than there is room for, those who were away longest are forgotten, and it is counted", () => {
  let now = 1_800_000_000_000;
  const size: ProvenanceSize = { callers: 1000, idsEach: 10, mostEach: 10 };
  const memory = allocateSharedProvenance(size, [1, 2, 3, 4]);
  const state = new SharedProvenanceState(memory, () => now);
  const early = Array.from({ length: 900 }, (_, index) => `early-${index}`);
  for (const caller of early) state.note(caller, ["note\n1"]);
  now += 40 * 86_400_000;
  const staying = early.slice(0, 100);
  for (const caller of staying) assert.ok(state.knows(caller, ["note\n1"]));
  for (let index = 0; index < 700; index += 1) state.note(`late-${index}`, ["note\n1"]);
  assert.deepEqual(
    staying.filter((caller) => !state.knows(caller, ["note\n1"])),
    [],
    "who asks is there",
  );
  const { forgotten, forgottenYoung } = countsOfProvenance(memory);
  assert.ok(forgotten > 300, `${forgotten} forgotten`);
  assert.equal(forgottenYoung, 0);
  now += 1000;
  for (let index = 0; index < 2000; index += 1) state.note(`flood-${index}`, ["note\n1"]);
  assert.ok(countsOfProvenance(memory).forgottenYoung > 0, "what was young is counted apart");
});
