import assert from "node:assert/strict";
import { test } from "node:test";
import { allocateSharedPressure, SharedPressure } from "./shared-pressure.ts";

const bounds = { failures: 20, refusals: 10 };
const quietMs = 600_000;

function opened(keys = 64) {
  const clock = { now: 1_000_000 };
  const table = allocateSharedPressure(keys, [3, 4]);
  const open = () => new SharedPressure(table, { steps: 3, quietMs }, () => clock.now);
  return { clock, open, pressure: open() };
}

const fail = (pressure: SharedPressure, key: string, times: number): void => {
  for (let count = 0; count < times; count += 1) pressure.note(key, "sign-in", "failure");
};
const stepOf = (pressure: SharedPressure, key = "@a"): number =>
  pressure.look(key, "sign-in", bounds).step;

test("failures raise it step by step, and each quiet period takes one step back", () => {
  const { clock, open, pressure } = opened();
  fail(pressure, "@a", 19);
  assert.equal(stepOf(pressure), 0);
  for (const step of [1, 2, 3, 3]) {
    fail(pressure, "@a", 20);
    // Another thread that shares the memory sees the same.
    const seen = open().look("@a", "sign-in", bounds);
    assert.deepEqual([seen.step, seen.cause], [step, "failures"]);
  }
  clock.now += quietMs - 1;
  assert.equal(stepOf(pressure), 3);
  clock.now += 1;
  const eased = pressure.look("@a", "sign-in", bounds);
  assert.deepEqual([eased.step, eased.hasChanged, eased.easesInMs], [2, true, quietMs]);
  clock.now += 2 * quietMs;
  assert.equal(stepOf(pressure), 0);
});

test("another caller, another class, and failures among many successes feel nothing of it", () => {
  const { pressure } = opened();
  fail(pressure, "@a", 20);
  assert.equal(stepOf(pressure), 1);
  assert.equal(stepOf(pressure, "@b"), 0);
  assert.equal(pressure.look("@a", "read", bounds).step, 0);
  for (let count = 0; count < 100; count += 1)
    pressure.note("@c", "sign-in", count % 4 === 0 ? "failure" : "success");
  assert.equal(stepOf(pressure, "@c"), 0);
});

test("refusals raise it only where they come one after another", () => {
  const { pressure } = opened();
  const refuse = (): void => pressure.note("@a", "sign-in", "refusal");
  for (let count = 0; count < 9; count += 1) refuse();
  pressure.note("@a", "sign-in", "success");
  for (let count = 0; count < 9; count += 1) refuse();
  assert.equal(stepOf(pressure), 0);
  refuse();
  const { cause, step } = pressure.look("@a", "sign-in", bounds);
  assert.deepEqual([step, cause], [1, "refusals"]);
});

test("an operator raises and lifts it, and it stays for as long as was said", () => {
  const { clock, pressure } = opened();
  assert.equal(pressure.raise("=ann", "read", "operator", 2 * quietMs).step, 1);
  clock.now += 2 * quietMs - 1;
  assert.equal(pressure.look("=ann", "read", bounds).step, 1);
  assert.deepEqual(pressure.counts(), [1, 0, 0]);
  assert.equal(pressure.lift("=ann", "read"), true);
  assert.equal(pressure.lift("=ann", "read"), false);
  assert.deepEqual(pressure.counts(), [0, 0, 0]);
});

test("no flood of other callers frees anybody from pressure", () => {
  const { pressure } = opened();
  fail(pressure, "@a", 20);
  assert.equal(stepOf(pressure), 1);
  for (let count = 0; count < 20_000; count += 1) fail(pressure, `@${count}`, 1);
  assert.equal(stepOf(pressure), 1);
  // Nor does it keep an operator from raising it for somebody else.
  assert.equal(pressure.raise("@z", "sign-in", "operator", 0).step, 1);
});
