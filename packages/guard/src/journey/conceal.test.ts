import assert from "node:assert/strict";
import { test } from "node:test";
import { untilNextStep } from "./conceal.ts";

test("an answer that hides what was found leaves at a multiple of the step, however long it took", () => {
  const stepMs = 100;
  for (const elapsedMs of [0.2, 1, 37.5, 99.4, 100.6, 250, 399.9, 1234.5]) {
    const next = Math.ceil(elapsedMs / stepMs) * stepMs;
    for (let time = 0; time < 50; time += 1) {
      const left = untilNextStep(elapsedMs, stepMs);
      assert.ok(Number.isInteger(left) && left >= 0, `${elapsedMs}: ${left}`);
      // Timers count whole milliseconds: one more or less, and no more.
      assert.ok(Math.abs(elapsedMs + left - next) < 1, `${elapsedMs}: ${left}`);
    }
  }
});

test("what a timer's whole milliseconds cut off is given back on average, so that it tells nothing", () => {
  const count = 20_000;
  let sum = 0;
  for (let time = 0; time < count; time += 1) sum += untilNextStep(37.25, 100);
  assert.ok(Math.abs(sum / count - 62.75) < 0.05, `${sum / count} ms on average`);
});
