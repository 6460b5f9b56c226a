import assert from "node:assert/strict";
import { test } from "node:test";
import { allocateSharedBytes, ByteBudget } from "@portcullis/guard/state";
import { SlowCallerBuffer } from "./slow-caller-buffer.ts";

const mebibyte = 1_048_576;
const budget = new ByteBudget(allocateSharedBytes(64 * mebibyte, 1));
const piece = Buffer.alloc(mebibyte / 4);

test("of one answer a megabyte is kept, and what was taken makes room for more", () => {
  const buffer = new SlowCallerBuffer(budget, false);
  assert.deepEqual(
    [1, 2, 3, 4].map(() => buffer.keep(piece)),
    [true, true, true, false],
  );
  assert.equal(buffer.take(), piece);
  assert.equal(buffer.take(), piece);
  assert.equal(buffer.keep(piece), true);
  buffer.clear();
  assert.ok(buffer.isEmpty && buffer.take() === undefined);
  assert.equal(buffer.keep(piece), true);
  buffer.clear();
});

test("of all answers together 64 megabytes are kept, and those that are let go of make room", () => {
  const full = Array.from({ length: 64 }, () => new SlowCallerBuffer(budget, false));
  for (const buffer of full) for (let count = 0; count < 4; count += 1) buffer.keep(piece);
  const late = new SlowCallerBuffer(budget, false);
  assert.equal(late.keep(Buffer.alloc(1)), false);
  (full[0] as SlowCallerBuffer).clear();
  assert.equal(late.keep(Buffer.alloc(1)), true);
  for (const buffer of [...full, late]) buffer.clear();
});

test("what was kept leaves in the order in which it came", () => {
  const buffer = new SlowCallerBuffer(budget, false);
  for (const text of ["a", "b", "c"]) buffer.keep(Buffer.from(text));
  assert.deepEqual(
    [1, 2, 3, 4].map(() => buffer.take()?.toString()),
    ["a", "b", "c", undefined],
  );
});
