import assert from "node:assert/strict";
import { test } from "node:test";
import { hashKinds, KeyedHash } from "@portcullis/guard/records";
import { DistinctCounts } from "./distinct.ts";
import { KeyArena } from "./key-arena.ts";
import { RecentlySeen } from "./recently-seen.ts";
import { advance, sequentialTest } from "./sequential-test.ts";
import { ShareAlarm } from "./share-alarm.ts";
import { SlidingCount } from "./sliding-count.ts";

const keyed = new KeyedHash(Buffer.from("0123456789abcdef"));
const hashOf = (index: number): number => keyed.of(hashKinds.target, `name ${index}`);

test("a flood of new keys does not push out the key against which much is held", () => {
  let taken = 0;
  const arena = new KeyArena(1024, () => (taken += 1));
  const attacker = hashOf(-5);
  arena.evidence[arena.take(attacker, 0)] = 6;
  for (let index = 0; index < 100_000; index += 1) {
    const place = arena.take(hashOf(index), index);
    arena.evidence[place] = 2;
  }
  assert.notEqual(arena.find(attacker), -1);
  assert.ok(taken > 90_000);
  assert.equal(arena.bytes, 1024 * 20);
  const kept = Array.from({ length: 100_000 }, (_, index) => arena.find(hashOf(index)));
  assert.ok(kept.filter((place) => place !== -1).length < 1024);
});

test("a pair is remembered for its time, and forgotten after twice of it", () => {
  const seen = new RecentlySeen(2 ** 16, 1000);
  assert.equal(seen.note(hashOf(1), 0), false);
  assert.equal(seen.note(hashOf(1), 999), true);
  assert.equal(seen.note(hashOf(1), 1500), true);
  assert.equal(seen.note(hashOf(1), 10_000), true, "noted again at 1500");
  assert.equal(seen.note(hashOf(2), 10_001), false);
  assert.equal(seen.note(hashOf(1), 30_000), true);
  seen.note(hashOf(3), 40_000);
  seen.note(hashOf(3), 50_000);
  assert.equal(seen.note(hashOf(1), 60_000), false);
  let wrong = 0;
  for (let index = 10; index < 6000; index += 1) if (seen.note(hashOf(index), 60_000)) wrong += 1;
  assert.ok(wrong < 60, `${wrong} of 5990 were taken for seen`);
});

test("distinct things are counted within a tenth, and forgotten with their key", () => {
  const counts = new DistinctCounts(2);
  for (let round = 0; round < 3; round += 1)
    for (let index = 0; index < 100; index += 1) counts.note(1, hashOf(index * 7919));
  assert.ok(Math.abs(counts.count(1) - 100) <= 12, `${counts.count(1)}`);
  assert.equal(counts.count(0), 0);
  counts.forget(1);
  assert.equal(counts.count(1), 0);
});

test("the test flags an attack after so many outcomes as Wald says, and a good past buys nothing", () => {
  const sequential = sequentialTest({ usual: 0.12, attack: 0.9, errorRate: 1e-5 });
  const outcomesUntilFlag = (from: number): number => {
    let ratio = from;
    let count = 0;
    while (ratio < sequential.flag) {
      ratio = advance(sequential, ratio, true);
      count += 1;
    }
    return count;
  };
  assert.equal(outcomesUntilFlag(0), 6);
  let long = 0;
  for (let index = 0; index < 10_000; index += 1) long = advance(sequential, long, false);
  assert.equal(outcomesUntilFlag(long), 8);
});

test("a lasting rise of the share rings, a share as usual does not, and an attack is not learned", () => {
  const minute = 60_000;
  const alarm = new ShareAlarm({ usual: 0.03, bucketMs: 5 * minute, least: 20, height: 10 });
  let rung = 0;
  const day = (shareOf: (index: number) => number, from: number): void => {
    for (let index = 0; index < 288 * 50; index += 1) {
      const isBad = (index * 0.618_034) % 1 < shareOf(index);
      if (alarm.note(isBad, from + (index * 5 * minute) / 50) !== undefined) rung += 1;
    }
  };
  day(() => 0.05, 0);
  assert.equal(rung, 0);
  assert.ok(Math.abs(alarm.usual - 0.05) < 0.01, `${alarm.usual}`);
  day(() => 0.4, 86_400_000);
  assert.ok(rung > 100);
  assert.ok(alarm.usual < 0.09, `${alarm.usual}`);
});

test("what is older than the window is not counted", () => {
  const counts = new SlidingCount(2, 300_000);
  for (let index = 0; index < 99; index += 1) counts.add(0, 1_000_000 + index);
  assert.equal(counts.add(0, 1_000_100), 100);
  assert.equal(counts.count(1, 1_000_100), 0);
  assert.equal(counts.count(0, 1_000_000 + 400_000), 0);
});
