import assert from "node:assert/strict";
import { test } from "node:test";
import {
  isChosen,
  type LimitPart,
  limitParts,
} from "../../packages/guard/src/controls/limit/limit-key.ts";
import { allocateSharedBuckets, evictionsOf, SharedMemoryState } from "@portcullis/guard/state";
import { formOf, limitsOf, type Sender, sentBy } from "./sample-limits.ts";

const hour = 3_600_000;
/** One of a class that is full again soon, and one of another. */
const rates = {
  "1/min": { count: 1, windowMs: hour / 60 },
  "5/hour": { count: 5, windowMs: hour },
} as const;

const keys = 8192;
const flood = 40_000;

/** As many callers as one can pretend to be by a part, from one address and one sign-in. */
const pretending: Readonly<Record<keyof typeof isChosen, (one: number) => Sender>> = {
  address: () => ({}),
  user: () => ({ user: "mallory" }),
  device: (one) => ({ user: "mallory", device: `d-${one}` }),
  app: (one) => ({ app: `app${one}/1.0` }),
  operation: () => ({}),
  tier: () => ({ user: "mallory", tier: "premium" }),
  everyone: () => ({}),
  body: (one) => ({ body: { username: `name ${one}` } }),
};

/** Somebody else, by the same part. */
const honest: Readonly<Record<keyof typeof isChosen, (one: number) => Sender>> = {
  address: (one) => ({ address: `198.51.100.${one}` }),
  user: (one) => ({ address: `198.51.100.${one}`, user: `u-${one}` }),
  device: (one) => ({ address: `198.51.100.${one}`, user: `u-${one}`, device: `own ${one}` }),
  app: (one) => ({ address: `198.51.100.${one}`, app: `own${one}/1.0` }),
  operation: () => ({}),
  tier: (one) => ({ address: `198.51.100.${one}`, user: `u-${one}`, tier: `t-${one}` }),
  everyone: () => ({}),
  body: (one) => ({ address: `198.51.100.${one}`, body: { username: `own ${one}` } }),
};

/** Whether a request passes a limit of its own. */
function counting(
  rate: keyof typeof rates,
  part: LimitPart,
  state: SharedMemoryState,
): (sender: Sender) => boolean {
  const forms = [formOf({ bound: { kind: "rate", rate: rates[rate], burst: undefined } })];
  const { after, before } = limitsOf([{ per: [part], forms }], { state });
  return (sender) => {
    const counted = sentBy(sender);
    return (before?.(counted) ?? after?.(counted)) === undefined;
  };
}

const partOf = (kind: keyof typeof isChosen): LimitPart =>
  kind === "body" ? "body.username" : kind;
const isShared = (kind: keyof typeof isChosen): boolean =>
  kind === "operation" || kind === "everyone";

test("every part of a key is walked here", () => {
  assert.deepEqual(Object.keys(isChosen).toSorted(), [...limitParts, "body"].toSorted());
});

for (const rate of Object.keys(rates) as (keyof typeof rates)[])
  for (const kind of Object.keys(isChosen) as (keyof typeof isChosen)[])
    test(`${rate} per ${kind}: whoever invents keys takes nobody's room, and nobody who is stopped is let go`, () => {
      const shared = allocateSharedBuckets(keys, [1, 2]);
      const state = new SharedMemoryState(shared, () => 1_000_000);
      const take = counting(rate, partOf(kind), state);
      const people = isShared(kind) ? 1 : 100;
      for (let one = 0; one < people; one += 1) while (take(honest[kind](one)));
      let admitted = 0;
      for (let one = 0; one < flood; one += 1) if (take(pretending[kind](one))) admitted += 1;
      for (let one = 0; one < people; one += 1)
        assert.equal(take(honest[kind](one)), false, "who was stopped is stopped");
      const { long, short } = evictionsOf(shared);
      assert.equal(long + short, 0, "nobody had to make room");
      // A share of the room, and what all keys beyond it have in common.
      assert.ok(admitted <= keys / 2 / 32 + 16 * 5, `${admitted} of ${flood} had a bucket each`);
      if (isShared(kind)) return;
      for (let one = people; one < people + 100; one += 1)
        assert.equal(take(honest[kind](one)), true, "a newcomer has what everybody has");
    });

test("keys that somebody had before the share was used up go on being counted by themselves", () => {
  const state = new SharedMemoryState(allocateSharedBuckets(keys, [1, 2]), () => 1_000_000);
  const take = counting("5/hour", "body.username", state);
  const guess = (username: string): boolean => take({ body: { username } });
  for (let count = 0; count < 3; count += 1) assert.equal(guess("ann"), true);
  for (let one = 0; one < flood; one += 1) guess(`name ${one}`);
  // Not three more by leading her name to the common buckets, and not less than her own.
  assert.deepEqual([guess("ann"), guess("ann"), guess("ann")], [true, true, false]);
});
