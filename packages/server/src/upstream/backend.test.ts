import assert from "node:assert/strict";
import { test } from "node:test";
import { Backend, Backends, outcomeOf } from "./backend.ts";
import type { Transport } from "./transport.ts";

const unused = {} as Transport;
const backendsOf = (count: number): Backends =>
  new Backends(Array.from({ length: count }, (_, index) => new Backend(`b${index}`, unused)));

const resting = ({ all }: Backends): number =>
  all.filter((one) => !one.mayBeAsked(performance.now())).length;

test("never more than half of the backends rest, even where all of them fail", () => {
  for (const [count, most] of [
    [1, 0],
    [2, 1],
    [3, 1],
    [4, 2],
    [5, 2],
  ] as const) {
    const backends = backendsOf(count);
    for (const one of backends.all)
      for (let time = 0; time < 60; time += 1) backends.note(one, "failed");
    assert.equal(resting(backends), most, `${count} backends`);
  }
});

test("who rests, is not healthy or was tried is asked only where nobody else is left", () => {
  const backends = backendsOf(2);
  const [one, two] = backends.all as [Backend, Backend];
  one.healthy = false;
  for (let time = 0; time < 50; time += 1) assert.equal(backends.choose(undefined), two);
  assert.equal(backends.hasOther(new Set([two])), false);
  assert.equal(backends.choose(new Set([two])), one);
  assert.ok(backends.all.includes(backends.choose(new Set([one, two]))));
});

test("a backend that says that it is not there has failed, and one with a fault has not", () => {
  const told = [200, 404, 429, 500, 501, 502, 503, 504, 505].map(outcomeOf);
  assert.deepEqual(told, [
    ...Array<string>(3).fill("answered"),
    ...Array<string>(2).fill("server-error"),
    ...Array<string>(3).fill("failed"),
    "server-error",
  ]);
});
