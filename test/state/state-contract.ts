import assert from "node:assert/strict";
import type { PartName } from "../parts/parts.ts";
import { type Given, test } from "../parts/test.ts";
import type { LimitState, Taken } from "@portcullis/guard/state";
import { bucket, fresh, inFlight, quota } from "./own-buckets.ts";

/** What was settled is settled without anybody waiting for it, so that it may take a moment. */
async function eventually(holds: () => Promise<boolean>): Promise<void> {
  for (let tries = 0; !(await holds()); tries += 1) {
    assert.ok(tries < 200, "it does not come to be");
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
}

/**
 * What every implementation of the state must keep.
 *
 * @param needs what the implementation needs from outside
 * @param open gives one that is ready for use
 */
export function stateContract<Name extends PartName>(
  name: string,
  needs: readonly Name[],
  open: (given: Given<Name>) => Promise<LimitState>,
): void {
  const withState = (title: string, body: (state: LimitState) => Promise<void>): void => {
    test(`${name}: ${title}`, { needs }, async (given) => {
      const state = await open(given);
      try {
        await body(state);
      } finally {
        await state.close();
      }
    });
  };

  withState(
    "a bucket gives its burst and then nothing, and says how long to wait",
    async (state) => {
      const own = bucket(fresh("burst"), 60_000, 3);
      const given: Taken[] = [];
      for (let count = 0; count < 5; count += 1) given.push(await state.takeAll([own]));
      assert.deepEqual(
        given.map((taken) => taken.refusedBy),
        [-1, -1, -1, 0, 0],
      );
      assert.deepEqual(
        given.slice(0, 3).map((taken) => taken.remaining[0]),
        [2, 1, 0],
      );
      const wait = given[3]?.waitMs ?? 0;
      assert.ok(wait > 50_000 && wait <= 60_000, `${wait}`);
    },
  );

  withState("a bucket fills again, one by one", async (state) => {
    const own = bucket(fresh("refill"), 1000, 1);
    assert.equal((await state.takeAll([own])).refusedBy, -1);
    const refused = await state.takeAll([own]);
    assert.equal(refused.refusedBy, 0);
    await new Promise((resolve) => setTimeout(resolve, Math.ceil(refused.waitMs) + 2));
    assert.equal((await state.takeAll([own])).refusedBy, -1);
  });

  withState("a request that one bucket refuses takes from none", async (state) => {
    const wide = bucket(fresh("wide"), 60_000, 10);
    const narrow = bucket(fresh("narrow"), 60_000, 1);
    assert.equal((await state.takeAll([wide, narrow])).refusedBy, -1);
    for (let count = 0; count < 5; count += 1)
      assert.equal((await state.takeAll([wide, narrow])).refusedBy, 1);
    await new Promise((resolve) => setTimeout(resolve, 30));
    assert.equal((await state.takeAll([wide])).remaining[0], 8);
  });

  withState("requests at the same moment are counted each", async (state) => {
    const own = bucket(fresh("race"), 60_000, 50);
    const taken = await Promise.all(Array.from({ length: 200 }, async () => state.takeAll([own])));
    assert.equal(taken.filter((one) => one.refusedBy === -1).length, 50);
  });

  withState("keys do not share what is theirs", async (state) => {
    const prefix = fresh("many");
    for (let count = 0; count < 10_000; count += 500) {
      const taken = await Promise.all(
        Array.from({ length: 500 }, async (_, index) =>
          state.takeAll([bucket(`${prefix}-${count + index}`, 60_000, 1)]),
        ),
      );
      assert.ok(taken.every((one) => one.refusedBy === -1));
    }
    assert.equal((await state.takeAll([bucket(`${prefix}-7`, 60_000, 1)])).refusedBy, 0);
  });

  withState("a limit that was made smaller does not remember the larger one", async (state) => {
    const key = fresh("changed");
    for (let count = 0; count < 100; count += 1) await state.takeAll([bucket(key, 60_000, 100)]);
    const refused = await state.takeAll([bucket(key, 10, 2)]);
    assert.ok(refused.waitMs <= 10, `${refused.waitMs}`);
  });

  withState("a cost is taken whole or not at all", async (state) => {
    const who = fresh("cost");
    assert.equal((await state.takeAll([bucket(who, 60_000, 10, 4)])).remaining[0], 6);
    assert.equal((await state.takeAll([bucket(who, 60_000, 10, 7)])).refusedBy, 0);
    assert.equal((await state.takeAll([bucket(who, 60_000, 10, 6)])).remaining[0], 0);
  });

  withState("large and small costs come to exactly what a quota has", async (state) => {
    const who = fresh("sum");
    const most = 999_999_999_000_000;
    for (const cost of [most - 300_000, 100_000, 199_999])
      assert.equal((await state.takeAll([quota(who, most, 60_000, cost)])).refusedBy, -1);
    assert.equal((await state.takeAll([quota(who, most, 60_000, 2)])).refusedBy, 0);
    assert.equal((await state.takeAll([quota(who, most, 60_000, 1)])).refusedBy, -1);
  });

  withState(
    "what a request took is held, and given back when it is settled for less",
    async (state) => {
      const who = fresh("held");
      const buckets = [bucket(who, 60_000, 1), quota(who, 1, 60_000), inFlight(who, 1)];
      const taken = await state.takeAll(buckets);
      assert.equal(taken.refusedBy, -1);
      for (const [index, one] of buckets.entries()) {
        assert.equal((await state.takeAll([one])).refusedBy, 0);
        taken.settle(index, 0);
        taken.settle(index, 0);
        await eventually(async () => (await state.takeAll([one])).refusedBy === -1);
        assert.equal((await state.takeAll([one])).refusedBy, 0, "once");
      }
    },
  );

  withState(
    "what a request has cost beyond what it took is taken as far as there is",
    async (state) => {
      const who = fresh("more");
      const taken = await state.takeAll([bucket(who, 60_000, 10)]);
      taken.settle(0, 5);
      await eventually(
        async () => (await state.takeAll([bucket(who, 60_000, 10, 0.001)])).remaining[0] === 4,
      );
      taken.settle(0, 500);
      await eventually(
        async () => (await state.takeAll([bucket(who, 60_000, 10)])).refusedBy === 0,
      );
      const { waitMs } = await state.takeAll([bucket(who, 60_000, 10)]);
      assert.ok(waitMs <= 60_000, `${waitMs}`);
    },
  );

  withState("what is given back by hand is all there again, of every kind", async (state) => {
    const who = fresh("given");
    const others = [bucket(fresh("other"), 60_000, 1), quota(fresh("other"), 1, 60_000)];
    const buckets = [bucket(who, 60_000, 3), quota(who, 3, 60_000)];
    await state.takeAll(others);
    for (const one of buckets) {
      for (let count = 0; count < 3; count += 1) await state.takeAll([one]);
      assert.equal((await state.takeAll([one])).refusedBy, 0);
      await state.giveBack(one);
      await state.giveBack(one);
      await eventually(async () => (await state.takeAll([one])).refusedBy === -1);
      await state.takeAll([one]);
      assert.deepEqual((await state.takeAll([one])).remaining, [0], "all of it, and no more");
      assert.equal((await state.takeAll([one])).refusedBy, 0);
    }
    for (const one of others) assert.equal((await state.takeAll([one])).refusedBy, 0);
    // Whoever is in flight stays in flight.
    const flight = inFlight(who, 1);
    await state.takeAll([flight]);
    await state.giveBack(flight);
    assert.equal((await state.takeAll([flight])).refusedBy, 0);
  });

  withState("a request that is refused holds nothing, and gives nothing back", async (state) => {
    const [full, other, flight] = [fresh("full"), fresh("other"), fresh("flight")];
    await state.takeAll([bucket(full, 60_000, 1)]);
    const refused = await state.takeAll([
      bucket(other, 60_000, 5),
      quota(other, 5, 60_000),
      inFlight(flight, 1),
      bucket(full, 60_000, 1),
    ]);
    assert.equal(refused.refusedBy, 3);
    for (const index of [0, 1, 2, 3]) refused.settle(index, 0);
    await new Promise((resolve) => setTimeout(resolve, 30));
    const { remaining } = await state.takeAll([
      bucket(other, 60_000, 5),
      quota(other, 5, 60_000),
      inFlight(flight, 1),
    ]);
    assert.deepEqual(remaining.slice(0, 2), [4, 4]);
    assert.equal((await state.takeAll([bucket(full, 60_000, 1)])).refusedBy, 0);
  });

  withState("a quota is given once until its window ends, and anew afterwards", async (state) => {
    const who = fresh("window");
    const first = quota(who, 2, 300);
    for (const refusedBy of [-1, -1, 0])
      assert.equal((await state.takeAll([first])).refusedBy, refusedBy);
    // A node whose clock is an hour ahead does not end the window early; nor does one behind.
    assert.equal((await state.takeAll([{ ...first, endsAtMs: first.endsAtMs + 1 }])).refusedBy, 0);
    assert.equal((await state.takeAll([{ ...first, endsAtMs: first.endsAtMs - 1 }])).refusedBy, 0);
    await new Promise((resolve) => setTimeout(resolve, 320));
    assert.equal((await state.takeAll([quota(who, 2, 60_000)])).refusedBy, -1);
  });

  withState("a clock that is set back does not lead into another window", async (state) => {
    const who = fresh("clock");
    const now = quota(who, 1, 60_000);
    assert.equal((await state.takeAll([now])).refusedBy, -1);
    const back = { ...now, atMs: now.atMs - 3_600_000, endsAtMs: now.atMs - 1 };
    assert.equal((await state.takeAll([back])).refusedBy, 0);
  });

  withState("amounts of a quota may be broken", async (state) => {
    const who = fresh("amounts");
    assert.equal((await state.takeAll([quota(who, 20, 60_000, 19.99)])).refusedBy, -1);
    assert.equal((await state.takeAll([quota(who, 20, 60_000, 0.02)])).refusedBy, 0);
    assert.equal((await state.takeAll([quota(who, 20, 60_000, 0.01)])).refusedBy, -1);
  });

  withState("as many requests are in flight as may be, and no more", async (state) => {
    const own = inFlight(fresh("flight"), 5);
    const taken = await Promise.all(Array.from({ length: 40 }, async () => state.takeAll([own])));
    const held = taken.filter(({ refusedBy }) => refusedBy === -1);
    assert.equal(held.length, 5);
    held[0]?.settle(0, 0);
    await eventually(async () => (await state.takeAll([own])).refusedBy === -1);
    assert.equal((await state.takeAll([own])).refusedBy, 0);
  });

  withState(
    "asking under smaller bounds does not empty what was counted under larger ones",
    async (state) => {
      const who = fresh("bounds");
      const deepestMs = 60_000 * 10;
      const large = { ...bucket(who, 60_000, 10), deepestMs };
      const small = { ...bucket(who, 1000, 2), deepestMs };
      for (let count = 0; count < 10; count += 1) await state.takeAll([large]);
      for (let count = 0; count < 3; count += 1)
        assert.equal((await state.takeAll([small])).refusedBy, 0);
      assert.equal((await state.takeAll([large])).refusedBy, 0);
    },
  );
}
