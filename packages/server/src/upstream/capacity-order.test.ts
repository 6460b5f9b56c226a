import assert from "node:assert/strict";
import { test } from "node:test";
import { Capacity } from "./capacity.ts";
import { Concurrency } from "./concurrency.ts";
import { allocateSharedConcurrency, leaveAllOf } from "./shared-concurrency.ts";
import type { Holder } from "./slow-holders.ts";

const long = 600_000;
const [critical, normal, background] = [0, 1, 2] as const;

const holderOf = (caller: string, more: Partial<Holder> = {}): Holder => ({
  caller,
  place: 0,
  rank: normal,
  cost: 1,
  isBound: true,
  takeRoom: () => true,
  callerWait: () => undefined,
  shed: () => assert.fail("nobody lets the backend wait"),
  ...more,
});

/** Requests that have come, by name, and what became of them in order. */
function entering(capacity: Capacity) {
  const ran: string[] = [];
  const refused: string[] = [];
  const holders = new Map<string, Holder>();
  return {
    ran,
    refused,
    enter: (name: string, holder: Holder): void => {
      holders.set(name, holder);
      capacity.enter(
        holder,
        () => ran.push(name),
        () => refused.push(name),
      );
    },
    leave: (name: string): void => capacity.leave(holders.get(name) as Holder),
  };
}

test("who waits goes by priority, whenever it has come, and background goes last", () => {
  const capacity = new Capacity({ places: 1, mostWaiting: 16, mostWaitMs: long });
  const { enter, leave, ran } = entering(capacity);
  enter("first", holderOf("x"));
  enter("b1", holderOf("a", { rank: background }));
  enter("n1", holderOf("b", { rank: normal }));
  enter("c1", holderOf("c", { rank: critical }));
  enter("n2", holderOf("d", { rank: normal }));
  for (const _ of [1, 2, 3, 4]) leave(ran.at(-1) as string);
  assert.deepEqual(ran, ["first", "c1", "n1", "n2", "b1"]);
  capacity.close();
});

test("within a priority callers take turns, however much one of them asks", () => {
  const capacity = new Capacity({ places: 1, mostWaiting: 64, mostWaitMs: long });
  const { enter, leave, ran } = entering(capacity);
  enter("first", holderOf("x"));
  for (let index = 0; index < 10; index += 1) enter(`loud ${index}`, holderOf("loud"));
  enter("ann 0", holderOf("ann"));
  enter("ben 0", holderOf("ben"));
  enter("ann 1", holderOf("ann"));
  for (let index = 0; index < 7; index += 1) leave(ran.at(-1) as string);
  assert.deepEqual(ran.slice(1), [
    "loud 0",
    "ann 0",
    "ben 0",
    "loud 1",
    "ann 1",
    "loud 2",
    "loud 3",
  ]);
  capacity.close();
});

test("turns are of work, not of requests: what costs the backend more comes less often", () => {
  const capacity = new Capacity({ places: 1, mostWaiting: 128, mostWaitMs: long });
  const { enter, leave, ran } = entering(capacity);
  enter("first", holderOf("x"));
  for (let index = 0; index < 30; index += 1) {
    enter(`report ${index}`, holderOf("reports", { cost: 4 }));
    enter(`read ${index}`, holderOf("reads"));
  }
  for (let index = 0; index < 20; index += 1) leave(ran.at(-1) as string);
  const reports = ran.filter((name) => name.startsWith("report"));
  assert.ok(reports.length >= 3 && reports.length <= 5, `${reports.length} of 20 were reports`);
  capacity.close();
});

test("once somebody has waited too long, the newest goes first until nobody waits", () => {
  let now = 0;
  const capacity = new Capacity({ places: 1, mostWaiting: 16, mostWaitMs: 100, now: () => now });
  const { enter, leave, ran, refused } = entering(capacity);
  const come = (name: string, atMs: number): void => {
    now = atMs;
    enter(name, holderOf("ann"));
  };
  come("first", 0);
  come("old", 0);
  come("middle", 50);
  now = 101;
  capacity.sweep();
  assert.deepEqual(refused, ["old"]);
  come("newest", 110);
  leave("first");
  leave("newest");
  assert.deepEqual(ran, ["first", "newest", "middle"]);
  // Nobody waits any more: in order again.
  come("one", 120);
  come("two", 121);
  leave("middle");
  assert.deepEqual(ran.at(-1), "one");
  capacity.close();
});

test("in a full queue what matters less makes room for what matters more, and not the other way", () => {
  const capacity = new Capacity({ places: 1, mostWaiting: 4, mostWaitMs: long });
  const { enter, ran, refused } = entering(capacity);
  enter("first", holderOf("x"));
  for (const name of ["b0", "b1", "b2", "b3"]) enter(name, holderOf(name, { rank: background }));
  enter("c0", holderOf("c", { rank: critical }));
  assert.deepEqual(refused, ["b0"]);
  enter("b4", holderOf("b4", { rank: background }));
  assert.deepEqual(refused, ["b0", "b4"]);
  assert.deepEqual(ran, ["first"]);
  capacity.close();
});

test("threads together never give more than the backend should work on, and share by who waits", async () => {
  const shared = allocateSharedConcurrency(2);
  const bounds = { least: 4, most: 4 };
  const threads = [0, 1].map((seat) => {
    const concurrency = new Concurrency("api", ["http://a"], bounds, { shared, seat });
    const [room] = concurrency.targets;
    const capacity = new Capacity({ places: 100, mostWaiting: 64, mostWaitMs: long, concurrency });
    const all = entering(capacity);
    const bound = (caller: string): Holder =>
      holderOf(caller, { takeRoom: () => room?.tryTake() === true });
    const leave = (name: string): void => {
      room?.leave();
      all.leave(name);
    };
    return { ...all, leave, bound, capacity, room };
  });
  const [one, two] = threads as [(typeof threads)[0], (typeof threads)[0]];
  for (let index = 0; index < 12; index += 1) one.enter(`a${index}`, one.bound(`a${index}`));
  for (let index = 0; index < 12; index += 1) two.enter(`b${index}`, two.bound(`b${index}`));
  assert.deepEqual([one.ran.length, two.ran.length, one.room?.inflight], [4, 0, 4]);
  // The first thread alone gives places back: half of them go to the other, which waits as well.
  one.leave("a0");
  one.leave("a1");
  for (let tries = 0; tries < 200 && two.ran.length < 2; tries += 1)
    await new Promise((resolve) => setTimeout(resolve, 5));
  assert.deepEqual([one.ran.length, two.ran.length, two.room?.inflight], [4, 2, 4]);
  for (const { capacity } of threads) capacity.close();
  leaveAllOf(shared, 0);
  assert.equal(two.room?.inflight, 2, "what a thread held that has ended is given back");
});

test("who is only observed waits for no limit of the backend, and is counted against it", () => {
  const shared = allocateSharedConcurrency(1);
  const concurrency = new Concurrency(
    "api",
    ["http://a"],
    { least: 1, most: 1 },
    { shared, seat: 0 },
  );
  const [room] = concurrency.targets;
  const capacity = new Capacity({ places: 3, mostWaiting: 8, mostWaitMs: long, concurrency });
  const { enter, ran } = entering(capacity);
  const free = { isBound: false, takeRoom: () => (room?.take(), true) };
  for (const name of ["a", "b", "c", "d"]) enter(name, holderOf(name, free));
  assert.deepEqual([ran, room?.inflight], [["a", "b", "c"], 3]);
  enter("bound", holderOf("e", { rank: critical, takeRoom: () => room?.tryTake() === true }));
  assert.deepEqual(ran, ["a", "b", "c"]);
  capacity.close();
});
