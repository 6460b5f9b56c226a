import assert from "node:assert/strict";
import { test } from "node:test";
import { longestUnseenMs, Pace } from "./pace.ts";

const [leastRate, stallMs] = [100, 30_000];
const paceOf = (): Pace => new Pace({ leastRate, stallMs });

/** Looks once a second while bytes are due. @returns the second at which it is slow, if any */
function slowAt(bytesAt: (second: number) => number, seconds: number): number | undefined {
  const pace = paceOf();
  for (let second = 1; second <= seconds; second += 1)
    if (pace.isSlow(true, bytesAt(second), 1000)) return second;
  return undefined;
}

test("who owes bytes and shows none is slow when the time for it is over, and not before", () => {
  assert.equal(
    slowAt(() => 0, 100),
    30,
  );
  assert.equal(
    slowAt((second) => (second === 20 ? 10_000 : 0), 100),
    49,
  );
});

test("the least rate is enough for ever, and a fifth of it is not", () => {
  assert.equal(
    slowAt(() => leastRate, 10_000),
    undefined,
  );
  const at = slowAt(() => leastRate / 5, 10_000) ?? Number.NaN;
  assert.ok(at > 30 && at < 60, `slow at second ${at}`);
});

test("nothing is slow while nothing is due, however long that is", () => {
  const pace = paceOf();
  for (let second = 0; second < 1000; second += 1) assert.equal(pace.isSlow(false, 0, 1000), false);
  for (let second = 1; second < 30; second += 1) assert.equal(pace.isSlow(true, 0, 1000), false);
  assert.equal(pace.isSlow(false, 0, 1000), false);
  assert.equal(pace.isSlow(true, 0, 29_999), false);
  assert.equal(pace.isSlow(true, 0, 1), true);
});

test("what waits as one piece has the time that half a weak line takes for it", () => {
  assert.equal(longestUnseenMs(1000, stallMs), 4 * stallMs);
  assert.equal(longestUnseenMs(1_000_000, stallMs), 1_000_000);
});
