import assert from "node:assert/strict";
import { test } from "node:test";
import { atOnce, inSlices, type Pieces } from "./in-slices.ts";

function* count(to: number): Pieces<number> {
  let at = 0;
  while (at < to) {
    at += 1;
    yield;
  }
  return at;
}

test("work in slices lets others have a turn after each, and comes to the same end", async () => {
  let turns = 0;
  let isDone = false;
  const others = (): void => {
    turns += 1;
    if (!isDone) setImmediate(others);
  };
  setImmediate(others);
  assert.equal(await inSlices(count(50), 0), 50);
  isDone = true;
  assert.ok(turns >= 49, `others had ${turns} turns`);
  assert.equal(atOnce(count(50)), 50);
});

test("what fails in a slice fails the whole", async () => {
  function* failing(): Pieces<never> {
    yield;
    throw new RangeError("a piece has failed");
  }
  await assert.rejects(inSlices(failing(), 0), /a piece has failed/);
  assert.throws(() => atOnce(failing()), /a piece has failed/);
});
