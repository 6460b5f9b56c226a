import assert from "node:assert/strict";
import { test } from "node:test";
import { allocateSharedBytes, ByteBudget } from "./byte-budget.ts";

const [kilobyte, most] = [1024, 1024 * 1024];

test("all threads hold together what one may, and strangers half of it", () => {
  const shared = allocateSharedBytes(most, 2);
  const [one, other] = [new ByteBudget(shared, 0), new ByteBudget(shared, 1)];
  const held = (budget: ByteBudget, isStranger: boolean): number => {
    let count = 0;
    while (budget.take(kilobyte, isStranger) > 0) count += 1;
    return count;
  };
  for (let count = 0; count < 256; count += 1) assert.ok(one.take(kilobyte, true) > 0);
  assert.equal(held(other, true), 256, "strangers have half, over both threads");
  assert.equal(held(one, true), 0);
  assert.equal(held(one, false), 512, "who has signed in has the rest");
  assert.equal(held(other, false), 0);
  other.give(other.take(0, false), false);
  one.give(4, false);
  assert.equal(held(other, false), 1, "what is given back is there for all");
});

test("a byte by itself costs as much as is needed to keep it", () => {
  const budget = new ByteBudget(allocateSharedBytes(most, 1));
  let count = 0;
  while (budget.take(1, false) > 0) count += 1;
  assert.equal(count, most / 256);
});

test("what a thread held that has ended is there again for the one that takes its place", () => {
  const shared = allocateSharedBytes(most, 2);
  const other = new ByteBudget(shared, 1);
  assert.ok(new ByteBudget(shared, 0).take(most, false) > 0);
  assert.equal(other.take(1, false), 0);
  const again = new ByteBudget(shared, 0);
  assert.ok(other.take(most, false) > 0);
  assert.equal(again.take(1, false), 0);
});
