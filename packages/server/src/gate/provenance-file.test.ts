import assert from "node:assert/strict";
import { mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import { setTimeout as wait } from "node:timers/promises";
import { type SharedProvenance, SharedProvenanceState } from "@portcullis/guard/state";
import { openProvenance } from "./provenance-file.ts";

const size = { callers: 4000, idsEach: 50, mostEach: 2000 };
const directoryOf = (): string => mkdtempSync(join(tmpdir(), "portcullis-shown-"));
const quiet = (message: string): void => assert.fail(message);
const stateOf = ({ shared }: { readonly shared: SharedProvenance | undefined }) =>
  new SharedProvenanceState(shared as SharedProvenance);

test("what was shown is known again after a restart, and counted", async () => {
  const directory = directoryOf();
  const first = await openProvenance(directory, size, quiet);
  stateOf(first).note("ann", ["note\nn-1"]);
  await first.close();
  const again = await openProvenance(directory, size, quiet);
  assert.equal(stateOf(again).knows("ann", ["note\nn-1"]), true);
  assert.equal(stateOf(again).knows("ann", ["note\nn-2"]), false);
  assert.equal(again.counts()?.callers, 1);
  await again.close();
});

test("only what has changed is written again", async () => {
  const directory = directoryOf();
  const file = join(directory, "provenance");
  const first = await openProvenance(directory, size, quiet);
  const state = stateOf(first);
  for (let index = 0; index < 3000; index += 1) state.note(`user-${index}`, ["note\nn-1"]);
  await first.close();
  const again = await openProvenance(directory, size, quiet);
  // Whoever writes the whole file would mend this.
  const marked = readFileSync(file);
  marked.fill(0xee, 64);
  writeFileSync(file, marked);
  stateOf(again).note("ann", ["note\nn-1"]);
  await again.close();
  const left = readFileSync(file);
  const untouched = left.filter((byte) => byte === 0xee).length / left.length;
  assert.ok(untouched > 0.8, `${Math.round(untouched * 100)} % were left alone`);
  assert.notDeepEqual(left, marked);
});

test("it is saved while the gate serves, and a full disk ends nothing: it is told once, and tried again", {
  skip: process.platform !== "linux",
}, async () => {
  const directory = directoryOf();
  const said: string[] = [];
  symlinkSync("/dev/full", join(directory, "provenance.new"));
  const kept = await openProvenance(directory, size, (message) => said.push(message), 5);
  stateOf(kept).note("ann", ["note\nn-1"]);
  while (said.length === 0) await wait(5);
  await wait(50);
  assert.equal(said.length, 1);
  assert.match(said[0] as string, /cannot be kept: ENOSPC/);
  rmSync(join(directory, "provenance.new"));
  for (let tries = 0; tries < 1000; tries += 1) {
    const before = await openProvenance(directory, size, quiet);
    if (stateOf(before).knows("ann", ["note\nn-1"])) break;
    assert.ok(tries < 999, "it was never written");
    await wait(5);
  }
  await kept.close();
});

test("where the memory has another size than before, every caller keeps the newest of its ids", async () => {
  const directory = directoryOf();
  const first = await openProvenance(directory, size, quiet);
  const ids = Array.from({ length: 50 }, (_, index) => `note\nn-${index}`);
  for (let index = 0; index < 500; index += 1) stateOf(first).note(`user-${index}`, ids);
  await first.close();
  for (const other of [
    { callers: 20_000, idsEach: 80, mostEach: 80 },
    { callers: 1000, idsEach: 20, mostEach: 20 },
  ]) {
    const again = await openProvenance(directory, other, quiet);
    const state = stateOf(again);
    for (let index = 0; index < 500; index += 1)
      assert.equal(state.knows(`user-${index}`, ids.slice(-Math.min(50, other.idsEach))), true);
    assert.equal(state.knows("user-1", ["note\nn-50"]), false);
    await again.close();
  }
});

test("a file of another form is none, and what is cut off forgets and never invents", async () => {
  const directory = directoryOf();
  const file = join(directory, "provenance");
  writeFileSync(file, Buffer.alloc(5000, 7));
  const first = await openProvenance(directory, size, quiet);
  stateOf(first).note("ann", ["note\nn-1"]);
  await first.close();
  writeFileSync(file, readFileSync(file).subarray(0, 50_000));
  const again = await openProvenance(directory, size, quiet);
  assert.equal(stateOf(again).knows("ben", ["note\nn-1"]), false);
  await again.close();
});
