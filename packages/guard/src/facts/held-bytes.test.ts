import assert from "node:assert/strict";
import { PassThrough } from "node:stream";
import { test } from "node:test";
import type { Arrival } from "./arrival.ts";
import { allocateSharedBytes, ByteBudget, giveBackAllOf } from "./byte-budget.ts";
import { noHeaderFields } from "./header-fields.ts";
import { HeldBytes } from "./held-bytes.ts";
import { type Held, holdBody } from "./hold-body.ts";

const mebibyte = 1_048_576;
const mostOfAll = 64;
const mostOfStrangers = 32;
const shared = allocateSharedBytes(mostOfAll * mebibyte, 2);
const budget = new ByteBudget(shared);

/** How many mebibytes find room; they are let go of again. */
function roomOf(isStranger: boolean): number {
  const room = new HeldBytes(budget, isStranger);
  let count = 0;
  while (count < 1000 && room.take(mebibyte)) count += 1;
  room.release();
  return count;
}

test("bodies that are held have a bound, and strangers one that leaves room for who is signed in", () => {
  assert.equal(roomOf(false), mostOfAll);
  assert.equal(roomOf(true), mostOfStrangers);
  const strangers = new HeldBytes(budget, true);
  for (let count = 0; count < mostOfStrangers; count += 1) assert.ok(strangers.take(mebibyte));
  assert.equal(roomOf(true), 0);
  assert.equal(roomOf(false), mostOfAll - mostOfStrangers);
  strangers.release();
  assert.equal(roomOf(true), mostOfStrangers);
});

test("what was let go of holds nothing any more, and a chunk of one byte costs what it takes", () => {
  const room = new HeldBytes(budget, false);
  assert.ok(room.take(1));
  room.release();
  assert.equal(room.take(1), false);
  const small = new HeldBytes(budget, false);
  let count = 0;
  while (count < 1_000_000 && small.take(1)) count += 1;
  small.release();
  assert.equal(count, (mostOfAll * mebibyte) / 256);
});

async function hold(lengths: readonly number[], mostBytes: number): Promise<[Held, number]> {
  const body = new PassThrough();
  const known = {
    arrival: { body } as unknown as Arrival,
    fields: noHeaderFields(),
    caller: undefined,
    byteBudget: budget,
    bodyBytes: undefined as Buffer | undefined,
    heldBytes: undefined as HeldBytes | undefined,
  };
  const held = holdBody(known, mostBytes);
  for (const length of lengths) body.write(Buffer.alloc(length));
  body.end();
  const outcome = await held;
  const kept = known.bodyBytes?.length ?? 0;
  known.heldBytes?.release();
  return [outcome, kept];
}

test("of a body that does not say its length, no byte more is held than the bound", async () => {
  assert.deepEqual(await hold([600, 400], 1000), ["held", 1000]);
  assert.deepEqual(await hold([600, 401], 1000), ["too large", 0]);
  assert.deepEqual(await hold([1001], 1000), ["too large", 0]);
});

test("what a thread held that has ended is given back, once, and other threads' parts stay", () => {
  const other = new HeldBytes(new ByteBudget(shared, 1), true);
  assert.ok(other.take(8 * mebibyte));
  const own = new HeldBytes(budget, true);
  assert.ok(own.take(4 * mebibyte));
  assert.equal(roomOf(false), mostOfAll - 12);
  giveBackAllOf(shared, 1);
  giveBackAllOf(shared, 1);
  assert.equal(roomOf(false), mostOfAll - 4);
  own.release();
  assert.equal(roomOf(false), mostOfAll);
});
