import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { isoTime, millisecondsText, timeOfIso } from "./iso-time.ts";

const mostMs = 8.64e15;
const times = fc.oneof(
  fc.integer({ min: 1_795_000_000_000, max: 1_795_000_003_000 }),
  fc.integer({ min: -3000, max: 3000 }),
  fc.maxSafeInteger().map((ms) => ms % mostMs),
);

test("a time is spelled and read as the language's own Date does it, whatever came before it", () => {
  fc.assert(
    fc.property(fc.array(times, { minLength: 1, maxLength: 20 }), (all) => {
      for (const one of all) {
        assert.equal(isoTime(one), new Date(one).toISOString());
        assert.equal(timeOfIso(isoTime(one)), one);
      }
    }),
  );
});

test("a text that is no time of ours is read as Date reads it", () => {
  timeOfIso("2026-11-20T10:00:00.123Z");
  for (const text of ["2026-11-20T10:00:00.1x3Z", "2026-11-20T10:00:00.123+", "", "2026"])
    assert.deepEqual(timeOfIso(text), Date.parse(text), text);
});

test("a duration is spelled as JSON spells its number", () => {
  const durations = fc.oneof(
    fc.integer({ min: 0, max: 2 ** 31 }).map((us) => us / 1000),
    fc.integer({ min: 0, max: 100 }).map((ms) => ms * 10),
    fc.double({ noNaN: true, noDefaultInfinity: true }),
  );
  fc.assert(
    fc.property(durations, (ms) => {
      assert.equal(millisecondsText(ms), String(ms));
    }),
  );
});
