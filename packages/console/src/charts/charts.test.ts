import assert from "node:assert/strict";
import { test } from "node:test";
import { valuesAt } from "./chart.ts";
import { ticksUpTo, timeTicks } from "./scale.ts";
import { barsPath, linePath } from "./shapes.ts";

const box = { left: 0, top: 0, width: 100, height: 100 };

test("ticks are round numbers that reach what is shown", () => {
  for (const most of [1, 3, 7, 12, 99, 1234, 5_000_000]) {
    const ticks = ticksUpTo(most);
    assert.ok((ticks.at(-1) ?? 0) >= most, `${most}: ${ticks.join()}`);
    assert.ok(ticks.length >= 2 && ticks.length <= 5, `${most}: ${ticks.join()}`);
  }
  assert.deepEqual(ticksUpTo(0), [0, 1]);
  assert.deepEqual(ticksUpTo(Number.NaN), [0, 1]);
});

test("times on an axis are whole hours, also on the day on which the clock changes", () => {
  const zone = process.env["TZ"];
  process.env["TZ"] = "Europe/Berlin";
  const fromMs = Date.parse("2026-10-24T22:00:00Z");
  const ticks = timeTicks({ fromMs, toMs: fromMs + 30 * 3_600_000 }, 12);
  assert.ok(ticks.length > 5);
  for (const { atMs } of ticks) assert.equal(new Date(atMs).getMinutes(), 0);
  assert.equal(new Set(ticks.map(({ atMs }) => atMs)).size, ticks.length);
  if (zone === undefined) delete process.env["TZ"];
  else process.env["TZ"] = zone;
});

test("one request among a million can be seen", () => {
  assert.match(barsPath([1], [0], 1_000_000, box), /v1h/);
  assert.equal(barsPath([0], [0], 10, box), "");
});

test("a line has a hole where nothing is known", () => {
  assert.equal(linePath([1, undefined, 1], 1, box).match(/M/g)?.length, 2);
});

test("counts stand at their steps, and those of another time nowhere", () => {
  const fromMs = Date.parse("2026-11-20T10:20:00Z");
  const rows = [
    { at: "2026-11-20T10:00:00Z", count: 1 },
    { at: "2026-11-20T12:00:00Z", count: 2 },
    { at: "2026-11-21T12:00:00Z", count: 9 },
  ];
  assert.deepEqual(valuesAt(rows, fromMs, 3_600_000, 3), [1, 0, 2]);
});
