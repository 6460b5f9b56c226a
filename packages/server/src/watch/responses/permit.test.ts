import assert from "node:assert/strict";
import { test } from "node:test";
import type { KeyKind } from "../detectors/evidence.ts";
import { permit, type PermitParts } from "./permit.ts";
import type { ResponseAct } from "./response.ts";

const hour = 3_600_000;
const explainingBy = (...kinds: KeyKind[]) =>
  [...kinds, "everybody" as const].map((kind, index) => ({ kind, hash: index + 1, share: 1 }));

const judged = (
  act: ResponseAct,
  kinds: readonly KeyKind[],
  people: number,
  more: Partial<PermitParts> & { readonly of?: number; readonly sinceMs?: number } = {},
) => {
  const { of = 10_000, sinceMs = 0, ...rest } = more;
  const { because, key } = permit({
    act,
    explaining: explainingBy(...kinds),
    reachOf: () => ({ people, of, counted: "device-bound", sinceMs }),
    mostShare: 0.005,
    nowMs: 24 * hour,
    isAutomatic: true,
    ...rest,
  });
  return because ?? key?.kind;
};

const every: readonly KeyKind[] = ["device", "subject", "client", "address", "network", "target"];

test("an act is about the narrowest key that it may be about, and never about an account", () => {
  assert.equal(judged("pressure", every, 1), "device");
  assert.equal(judged("pressure", ["subject", "client", "target"], 1), "subject");
  assert.equal(judged("quarantine", ["subject", "client", "target"], 1), "client");
  assert.equal(judged("revoke", ["subject", "client"], 1), "subject");
  for (const act of ["pressure", "stepUp", "quarantine", "revoke"] as const) {
    assert.match(judged(act, ["target"], 0) ?? "", /explains four fifths/);
    assert.match(judged(act, [], 0) ?? "", /explains four fifths/);
  }
  assert.match(judged("quarantine", ["subject", "target"], 1) ?? "", /never locked/);
  assert.match(judged("revoke", ["client", "address"], 1) ?? "", /explains four fifths/);
});

test("an address that three people have had success from is left alone, by people and detectors alike", () => {
  for (const kind of ["client", "address", "network"] as const)
    for (const isAutomatic of [true, false]) {
      assert.equal(judged("pressure", [kind], 2, { isAutomatic }), kind);
      assert.match(judged("pressure", [kind], 3, { isAutomatic }) ?? "", /3 device-bound people/);
    }
});

test("who has watched for less than an hour leaves addresses to people, and still acts on devices", () => {
  const lately = { sinceMs: 23.5 * hour };
  assert.match(judged("pressure", ["client"], 0, lately) ?? "", /after an hour of watching/);
  assert.equal(judged("pressure", ["client"], 0, { ...lately, isAutomatic: false }), "client");
  assert.equal(judged("pressure", ["device"], 1, lately), "device");
});

test("nothing touches more than its share of people, and what is not known any more is about nobody", () => {
  assert.equal(judged("pressure", ["device"], 50), "device");
  assert.match(judged("pressure", ["device"], 51) ?? "", /51 people, and 50 of 10000/);
  assert.equal(judged("pressure", ["device"], 2, { of: 10 }), "device", "a share of few is nobody");
  assert.match(judged("pressure", ["device"], 3, { of: 10 }) ?? "", /2 of 10/);
  assert.match(judged("pressure", every, 0, { explaining: undefined }) ?? "", /nothing of it/);
});
