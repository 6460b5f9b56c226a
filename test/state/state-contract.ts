import assert from "node:assert/strict";
import type { PartName } from "../parts/parts.ts";
import { type Given, test } from "../parts/test.ts";
import type { LimitState, Taken } from "@portcullis/guard/state";

const bucket = (key: string, intervalMs: number, burst: number) => ({ key, intervalMs, burst });
let made = 0;
/** A key nobody used before, in a state that other tests share. */
const fresh = (name: string): string => `${name}-${process.pid}-${Date.now()}-${(made += 1)}`;

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
    const own = bucket(fresh("refill"), 40, 1);
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
}
