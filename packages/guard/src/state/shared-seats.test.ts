import assert from "node:assert/strict";
import { test } from "node:test";
import { LocalSeats } from "./seats.ts";
import { allocateSharedSeats, SharedSeats } from "./shared-seats.ts";

test("seats of one key are counted over all threads together, and given back", () => {
  const table = allocateSharedSeats(1024, [1, 2]);
  const one = new SharedSeats(table, 1);
  const two = new SharedSeats(table, 2);
  const first = one.take("ann", 3);
  assert.ok(one.take("ann", 3) !== undefined && two.take("ann", 3) !== undefined);
  assert.equal(one.take("ann", 3), undefined);
  assert.equal(two.take("ann", 3), undefined);
  assert.ok(two.take("ben", 3) !== undefined);
  first?.leave();
  assert.ok(two.take("ann", 3) !== undefined);
  assert.equal(one.take("ann", 3), undefined);
});

test("what a thread held is free some seconds after it ended, and not while it lives", () => {
  const clock = { now: 0 };
  const table = allocateSharedSeats(1024, [1, 2]);
  const ended = new SharedSeats(table, 1, () => clock.now);
  const lives = new SharedSeats(table, 2, () => clock.now);
  ended.take("ann", 2);
  lives.take("ann", 2);
  const next = new SharedSeats(table, 3, () => clock.now);
  assert.equal(next.take("ann", 2), undefined);
  clock.now = 15_000;
  lives.renew();
  clock.now = 30_000;
  assert.ok(next.take("ann", 2) !== undefined);
  assert.equal(next.take("ann", 2), undefined);
});

test("a set that is full of others gives no seat", () => {
  const table = allocateSharedSeats(16, [1, 2]);
  const seats = new SharedSeats(table, 1);
  const taken = Array.from({ length: 17 }, (_, index) => seats.take(`caller ${index}`, 1));
  assert.equal(taken.filter((seat) => seat !== undefined).length, 16);
  taken[0]?.leave();
  assert.ok(seats.take("another", 1) !== undefined);
});

test("seats in one thread alone are counted alike", () => {
  const seats = new LocalSeats();
  const first = seats.take("ann", 1);
  assert.equal(seats.take("ann", 1), undefined);
  first?.leave();
  assert.ok(seats.take("ann", 1) !== undefined);
});
