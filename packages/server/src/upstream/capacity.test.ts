import assert from "node:assert/strict";
import { test } from "node:test";
import { Capacity } from "./capacity.ts";
import type { Holder } from "./slow-holders.ts";

const long = 600_000;

/** A request of somebody who never lets the backend wait. */
const holderOf = (caller: string, more: Partial<Holder> = {}): Holder => ({
  caller,
  place: 0,
  rank: 1,
  cost: 1,
  isBound: false,
  takeRoom: () => true,
  callerWait: () => undefined,
  shed: () => assert.fail("nobody lets the backend wait"),
  ...more,
});

/** Who runs, in order, and who was refused. */
function enterAll(
  capacity: Capacity,
  callers: readonly string[],
): { readonly ran: string[]; readonly refused: string[] } {
  const [ran, refused]: [string[], string[]] = [[], []];
  for (const caller of callers)
    capacity.enter(
      holderOf(caller),
      () => ran.push(caller),
      () => refused.push(caller),
    );
  return { ran, refused };
}

const strangers = (count: number): string[] =>
  Array.from({ length: count }, (_, index) => `s${index}`);

test("as many run as there are places, as many wait as is said, and the rest is refused at once", () => {
  const capacity = new Capacity({ places: 4, mostWaiting: 8, mostWaitMs: long });
  const { ran, refused } = enterAll(capacity, strangers(20));
  assert.deepEqual([ran.length, capacity.waiting, refused.length], [4, 8, 8]);
  capacity.close();
  assert.deepEqual([capacity.waiting, refused.length], [0, 16]);
});

test("one caller has no more than a quarter of the queue, and the others find room in it", () => {
  const capacity = new Capacity({ places: 4, mostWaiting: 8, mostWaitMs: long });
  const loud = enterAll(capacity, Array(20).fill("loud"));
  assert.deepEqual([loud.ran.length, capacity.waiting, loud.refused.length], [4, 2, 14]);
  assert.equal(enterAll(capacity, strangers(6)).refused.length, 0);
  capacity.close();
});

test("while others wait, who has a quarter of the places gets none of those that come free", () => {
  const capacity = new Capacity({ places: 4, mostWaiting: 16, mostWaitMs: long });
  const { ran } = enterAll(capacity, [...Array<string>(8).fill("loud"), "a", "b", "c"]);
  assert.deepEqual(ran.splice(0), Array(4).fill("loud"));
  for (let count = 0; count < 3; count += 1) capacity.leave(holderOf("loud"));
  assert.deepEqual(ran.splice(0), ["a", "b", "c"]);
  capacity.leave(holderOf("a"));
  assert.deepEqual(ran.splice(0), ["loud"]);
  capacity.close();
});

test("who waits too long is refused, and who goes away waits no more", async () => {
  const capacity = new Capacity({ places: 1, mostWaiting: 8, mostWaitMs: 20 });
  enterAll(capacity, ["first"]);
  const takeBack = capacity.enter(
    holderOf("gone"),
    () => assert.fail("who went away was run"),
    () => assert.fail("who went away was refused"),
  );
  takeBack();
  await new Promise<void>((resolve) => {
    capacity.enter(
      holderOf("patient"),
      () => assert.fail("there was no place"),
      () => resolve(),
    );
    // What is refused by a timer that keeps no process alive needs one that does.
    const alive = setInterval(() => capacity.waiting === 0 && clearInterval(alive), 10);
  });
  assert.equal(capacity.waiting, 0);
});
