import assert from "node:assert/strict";
import { test } from "node:test";
import { allocateSharedBuckets, evictionsOf } from "./shared-buckets.ts";
import { SharedMemoryState } from "./shared-memory.ts";
import { rateBucket } from "./state.ts";

const [second, minute, hour, day] = [1000, 60_000, 3_600_000, 86_400_000];
const keys = 16_384;
const victims = 100;
const rounds = 20;

/** Limits as policies have them, by how long a drained bucket takes to be full again. */
const limits = {
  "20/s": { intervalMs: second / 20, burst: 20 },
  "5/min": { intervalMs: minute / 5, burst: 5 },
  "300/min": { intervalMs: minute / 300, burst: 60 },
  "100/hour": { intervalMs: hour / 100, burst: 100 },
  "5/day": { intervalMs: day / 5, burst: 5 },
  "1000/day": { intervalMs: day / 1000, burst: 1000 },
} as const;
type Limit = keyof typeof limits;

/** Callers who are stopped by one limit keep trying, while a crowd counts in another. */
function passedBeside(drained: Limit, crowd: Limit, takesOfEach: number): number {
  const state = new SharedMemoryState(allocateSharedBuckets(keys, [1, 2]), () => 1_000_000);
  const take = (limit: Limit, who: number): boolean =>
    state.takeAll([rateBucket(limit, String(who), limits[limit])]).refusedBy === -1;
  let passed = 0;
  for (let round = 0; round < rounds; round += 1) {
    for (let victim = 0; victim < victims; victim += 1)
      for (let tries = 0; tries < limits[drained].burst; tries += 1)
        if (take(drained, victim)) passed += 1;
    for (let one = 0; one < keys; one += 1)
      for (let taken = 0; taken < takesOfEach; taken += 1)
        take(crowd, victims + round * keys + one);
  }
  return passed;
}

for (const drained of Object.keys(limits) as Limit[])
  for (const crowd of Object.keys(limits) as Limit[])
    test(`buckets of ${drained} stay drained beside a crowd that takes one each of ${crowd}`, () => {
      assert.equal(passedBeside(drained, crowd, 1), victims * limits[drained].burst);
    });

test("a day's quota that a crowd has used up does not give short limits back", () => {
  assert.equal(passedBeside("5/min", "5/day", 5), victims * 5);
  assert.equal(passedBeside("20/s", "5/day", 5), victims * 20);
});

test("a short limit that a crowd has used up does not give a day's quota back", () => {
  assert.equal(passedBeside("5/day", "5/min", 5), victims * 5);
});

test("buckets that make room before they are full again are counted, by all threads together", () => {
  let now = 1_000_000;
  const shared = allocateSharedBuckets(8, [1, 2]);
  const [one, other] = [
    new SharedMemoryState(shared, () => now),
    new SharedMemoryState(shared, () => now),
  ];
  const take = (key: string, state = one): unknown =>
    state.takeAll([rateBucket("5/min", key, limits["5/min"])]);
  for (let index = 0; index < 8; index += 1) take(`early ${index}`);
  assert.equal(evictionsOf(shared).short, 0);
  take("one more", other);
  assert.equal(evictionsOf(shared).short, 1);
  now += minute;
  for (let index = 0; index < 8; index += 1) take(`late ${index}`);
  assert.equal(evictionsOf(shared).short, 1, "who is full again loses nothing");
});

test("a thread that was held up between its look at the clock and its count gives nobody anything", () => {
  const shared = allocateSharedBuckets(64, [1, 2]);
  const bucket = rateBucket("5/min", "ann", limits["5/min"]);
  let now = 1_000_000;
  const quick = new SharedMemoryState(shared, () => now);
  // The first look is old when the count begins; the next tells the time.
  const looks = [now];
  const slow = new SharedMemoryState(shared, () => looks.shift() ?? now);
  now += 30_000;
  for (let count = 0; count < 5; count += 1) quick.takeAll([bucket]);
  assert.equal(slow.takeAll([bucket]).refusedBy, 0);
  assert.equal(quick.takeAll([bucket]).waitMs, 12_000);
});

/** What somebody who has used everything is let do a while later, beside a crowd that drains keys. */
function passedLater(drained: Limit, crowd: Limit | undefined): number {
  let now = 1_000_000;
  const state = new SharedMemoryState(allocateSharedBuckets(512, [1, 2]), () => now);
  const take = (limit: Limit, who: number): boolean =>
    state.takeAll([rateBucket(limit, String(who), limits[limit])]).refusedBy === -1;
  const people = 50;
  const all = (): number => {
    let passed = 0;
    for (let one = 0; one < people; one += 1) while (take(drained, one)) passed += 1;
    return passed;
  };
  all();
  const { burst, intervalMs } = limits[drained];
  now += 0.4 * burst * intervalMs;
  if (crowd !== undefined) {
    for (let one = 0; one < 2000; one += 1) while (take(crowd, people + one));
    now += limits[crowd].burst * limits[crowd].intervalMs;
  }
  now = 1_000_000 + 0.9 * burst * intervalMs;
  return all();
}

const pairs = (Object.keys(limits) as Limit[])
  .flatMap((drained) => (Object.keys(limits) as Limit[]).map((crowd) => [drained, crowd] as const))
  .filter(([drained, crowd]) => {
    const whole = (one: Limit): number => limits[one].burst * limits[one].intervalMs;
    return whole(crowd) <= 0.5 * whole(drained);
  });

for (const [drained, crowd] of pairs)
  test(`keys of ${crowd} that are drained, and are full again soon, give nobody ${drained} back`, () => {
    const [alone, beside] = [passedLater(drained, undefined), passedLater(drained, crowd)];
    assert.ok(beside <= alone, `${beside} beside them, ${alone} alone`);
  });

test("a limit that is made slower or quicker while somebody has used all of it gives nothing back", () => {
  for (const from of Object.keys(limits) as Limit[])
    for (const to of Object.keys(limits) as Limit[]) {
      let now = 1_000_000;
      const state = new SharedMemoryState(allocateSharedBuckets(64, [1, 2]), () => now);
      const drain = (limit: Limit): number => {
        const { burst, intervalMs } = limits[limit];
        for (let passed = 0; ; passed += 1)
          if (state.takeAll([rateBucket("one", "ann", { burst, intervalMs })]).refusedBy !== -1)
            return passed;
      };
      drain(from);
      // What was taken fills again as slowly as before, up to a whole bucket of the new limit.
      const whole = (limit: Limit): number => limits[limit].burst * limits[limit].intervalMs;
      const most = Math.floor(Math.max(0, whole(to) - whole(from)) / limits[to].intervalMs + 1e-6);
      assert.equal(drain(to), most, `${from} becomes ${to}`);
      drain(to);
      // A quick limit remembers no more than the whole of itself.
      if (whole(to) >= whole(from))
        assert.equal(drain(from), 0, `${from} becomes ${to}, and ${from} again`);
      now += day;
      assert.equal(drain(from), limits[from].burst, "and is full again in its time");
    }
});
