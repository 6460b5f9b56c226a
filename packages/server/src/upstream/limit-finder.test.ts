import assert from "node:assert/strict";
import { test } from "node:test";
import { fixed, found, none } from "../../../../bench/capacity/limiters.ts";
import { type Scenario, simulate } from "../../../../bench/capacity/simulate.ts";
import { finderNumbers, type LimitSample } from "./finder-numbers.ts";
import { LimitFinder } from "./limit-finder.ts";

const workers = 8;
const overload = { workers, load: 3, seconds: 15 };
const start = 20;

/** From one to the next probe the limit wanders about what is right. */
const isRight = (limit: number): boolean => limit >= workers * 0.7 && limit <= workers * 1.6;
const median = (all: readonly number[]): number =>
  all.toSorted((a, b) => a - b)[all.length >> 1] ?? 0;

const goodOf = (scenario: Scenario, limit: number): number => simulate(scenario, fixed(limit)).good;

test("at half of what the backend can do nothing is refused, from whatever limit it begins", () => {
  for (const seed of [1, 2])
    assert.equal(simulate({ workers, load: 0.5, seconds: 20, seed }, found(start)).shed, 0);
});

test("at three times of what it can do, the limit that was found gives what the best one gives", () => {
  const scenario = { ...overload, seconds: 30, seed: 1 };
  const best = Math.max(...[8, 9].map((limit) => goodOf(scenario, limit)));
  const { criticalAsked, criticalGood, good } = simulate(scenario, found(start));
  assert.ok(good >= 0.94 * best, `${good} of ${best}`);
  assert.ok(criticalGood >= 0.999 * criticalAsked, `${criticalGood} of ${criticalAsked}`);
});

test("a limit that begins eight times too high or too low is right within ten seconds", () => {
  for (const wrong of [workers * 8, workers / 8])
    for (const seed of [1, 2]) {
      const { limits } = simulate({ ...overload, seconds: 20, seed }, found(wrong));
      assert.ok(isRight(median(limits.slice(10))), `${wrong}: ${limits.join(" ")}`);
    }
});

test("a backend that is full, and still slow, from the first moment on is found out too", () => {
  const idle = simulate({ workers, load: 0.1, seconds: 60, seed: 1 }, none()).criticalP99Ms;
  for (const coldMs of [300, 2000]) {
    const burst = { requests: workers * 20, coldMs, times: 4 };
    for (const begin of [start, workers * 8]) {
      const scenario = { ...overload, seconds: 20, burst, seed: 2 };
      const { criticalP99Ms, limits } = simulate(scenario, found(begin));
      assert.ok(isRight(median(limits.slice(10))), `${begin}, ${coldMs}: ${limits.join(" ")}`);
      assert.ok(criticalP99Ms <= 1.75 * idle, `${criticalP99Ms} of ${idle}`);
    }
  }
});

test("a backend that has become slower keeps its limit: fewer at once would only be fewer", () => {
  const slower = { from: 0.4, until: 0.8, times: 3 };
  const scenario = { workers: 16, load: 0.7, slower, seconds: 20, seed: 2 };
  const best = Math.max(...[16, 18].map((limit) => goodOf(scenario, limit)));
  const { good } = simulate(scenario, found(start));
  assert.ok(good >= 0.94 * best, `${good} of ${best}`);
});

/** Answers of a backend that is not full, among them some of an operation that takes long. */
function answering(share: number, fault: (index: number) => Partial<LimitSample>): LimitFinder {
  const finder = new LimitFinder(new Float64Array(finderNumbers), { least: 2, most: 1000 });
  let now = 0;
  for (let index = 0; index < 4000; index += 1) {
    now += 5;
    const isReport = index % 10 < share;
    finder.note(
      {
        operation: isReport ? "report" : "read",
        sentAt: now - 1,
        tookMs: isReport ? 3000 : 50,
        inflight: index < 40 ? 1 : finder.limit,
        hasFailed: false,
        ...fault(index),
      },
      now,
    );
  }
  return finder;
}

test("a report that always takes a minute's part is no overload, however many ask for it", () => {
  assert.ok(answering(3, () => ({})).limit > start);
  assert.ok(answering(0, () => ({})).limit > start);
});

test("errors and answers that do not come count as a backend that is full", () => {
  const { limit } = answering(0, (index) => (index > 400 ? { hasFailed: true } : {}));
  assert.ok(limit < start, `${limit}`);
});
