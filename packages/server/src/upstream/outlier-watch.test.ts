import assert from "node:assert/strict";
import { test } from "node:test";
import { type BackendOutcome, OutlierWatch } from "./outlier-watch.ts";

const second = 1000;

/** Notes these outcomes at one moment. @returns after how many of them it should rest */
function restsAfter(
  watch: OutlierWatch,
  outcomes: readonly BackendOutcome[],
  nowMs = 0,
): number | undefined {
  const index = outcomes.findIndex((outcome) => watch.note(outcome, nowMs));
  return index === -1 ? undefined : index + 1;
}

const times = (count: number, outcome: BackendOutcome): BackendOutcome[] =>
  Array<BackendOutcome>(count).fill(outcome);

test("a backend that fails five times in a row rests", () => {
  assert.equal(restsAfter(new OutlierWatch(), times(9, "failed")), 5);
  const broken = [...times(4, "failed"), "answered" as const, ...times(4, "failed")];
  assert.equal(restsAfter(new OutlierWatch(), broken), undefined);
});

test("half of fifty answers that are errors are enough, and of fewer nothing is concluded", () => {
  const mixed = (pairs: number): BackendOutcome[] =>
    Array.from({ length: pairs }, () => ["answered", "server-error"] as const).flat();
  assert.equal(restsAfter(new OutlierWatch(), mixed(24)), undefined);
  assert.equal(restsAfter(new OutlierWatch(), mixed(25)), 50);
  assert.equal(restsAfter(new OutlierWatch(), times(49, "server-error")), undefined);
  const mostlyWell = [...times(26, "answered"), ...times(24, "server-error")];
  assert.equal(restsAfter(new OutlierWatch(), mostlyWell), undefined);
});

test("errors of ten seconds ago are not held against a backend", () => {
  const watch = new OutlierWatch();
  assert.equal(restsAfter(watch, times(40, "server-error")), undefined);
  assert.equal(restsAfter(watch, times(40, "server-error"), 10 * second), undefined);
});

test("each rest is twice as long as the one before, and none longer than a minute", () => {
  const watch = new OutlierWatch();
  let nowMs = 0;
  const rests: number[] = [];
  for (let count = 0; count < 9; count += 1) {
    watch.rest(nowMs);
    let length = 0;
    while (watch.isResting(nowMs + length)) length += second;
    rests.push(length / second);
    nowMs += length;
  }
  assert.deepEqual(rests, [1, 2, 4, 8, 16, 32, 60, 60, 60]);
});

test("who has just come back rests again at the first failure, until an answer was good", () => {
  const watch = new OutlierWatch();
  watch.rest(0);
  assert.equal(restsAfter(watch, ["failed"], second), 1);
  watch.rest(second);
  assert.equal(restsAfter(watch, ["answered", ...times(4, "failed")], 5 * second), undefined);
});

test("after a rest a backend is given its share bit by bit", () => {
  const watch = new OutlierWatch();
  assert.equal(watch.weight(0), 1);
  watch.rest(0);
  assert.deepEqual(
    [1, 3.5, 6, 11, 60].map((at) => watch.weight(at * second)),
    [0.1, 0.25, 0.5, 1, 1],
  );
});

test("a minute after its last rest, what was before it is forgotten", () => {
  const watch = new OutlierWatch();
  for (let count = 0; count < 3; count += 1) watch.rest(0);
  watch.note("answered", 200 * second);
  watch.rest(200 * second);
  assert.equal(watch.isResting(201 * second), false);
});
