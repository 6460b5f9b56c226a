import assert from "node:assert/strict";
import { test } from "node:test";
import { compileStepUp, type StepUpRule } from "./step-up.ts";

const base: StepUpRule = {
  bound: false,
  trustedDevice: false,
  acr: [],
  withinSeconds: undefined,
  when: undefined,
};
const at = (text: string): number => Date.parse(text) / 1000;

test("hours are those of the zone, across midnight and the change of summer time", () => {
  const day = compileStepUp({
    ...base,
    acr: ["mfa"],
    when: { fromMinute: 7 * 60, toMinute: 22 * 60, zone: "Europe/Amsterdam" },
  });
  const night = compileStepUp({
    ...base,
    acr: ["mfa"],
    when: { fromMinute: 22 * 60, toMinute: 6 * 60, zone: "UTC" },
  });
  const code = (judge: typeof day, time: string): string | undefined =>
    judge({ acr: "pwd" }, undefined, at(time))?.problem.code;
  assert.equal(code(day, "2026-07-01T05:00:00Z"), undefined, "seven in summer");
  assert.equal(code(day, "2026-07-01T04:59:59Z"), "step-up-needed");
  assert.equal(code(day, "2026-12-01T05:59:59Z"), "step-up-needed", "before seven in winter");
  assert.equal(code(day, "2026-12-01T06:00:00Z"), undefined);
  assert.equal(code(day, "2026-12-01T21:00:00Z"), "step-up-needed", "ten in the evening");
  assert.equal(code(night, "2026-12-01T23:30:00Z"), undefined);
  assert.equal(code(night, "2026-12-01T05:59:00Z"), undefined);
  assert.equal(code(night, "2026-12-01T06:00:00Z"), "step-up-needed");
});

test("a bound token and a trusted device are asked for by name", () => {
  const bound = compileStepUp({ ...base, bound: true });
  assert.equal(bound({}, undefined, 0)?.problem.code, "token-unbound");
  assert.equal(bound({ cnf: { jkt: "x" } }, undefined, 0), undefined);
  const trusted = compileStepUp({ ...base, trustedDevice: true });
  for (const claim of [undefined, false, "true", 1])
    assert.equal(
      trusted({ device_trusted: claim }, undefined, 0)?.problem.code,
      "device-untrusted",
    );
  assert.equal(trusted({ device_trusted: true }, undefined, 0), undefined);
  assert.equal(trusted(undefined, undefined, 0)?.problem.code, "step-up-needed");
});

test("an amount is above the bound when one of several is, when it is missing, of another type, or there twice in another spelling", () => {
  const judge = (pointer: readonly string[], body: unknown): boolean =>
    compileStepUp({ ...base, acr: ["mfa"], when: { pointer, over: 500 } })(
      { acr: "pwd" },
      body,
      0,
    ) !== undefined;
  for (const body of [{ amount: 500 }, { amount: -1 }, { amount: 0, note: "AMOUNT" }])
    assert.equal(judge(["amount"], body), false, JSON.stringify(body));
  for (const body of [
    { amount: 501 },
    {},
    null,
    undefined,
    [],
    { amount: "1" },
    { amount: null },
    { amount: [1] },
    { amount: 1, Amount: 9999 },
    { Amount: 1 },
    { amount: 1, "amount[]": 9999 },
  ])
    assert.equal(judge(["amount"], body), true, JSON.stringify(body));
  assert.equal(
    judge(["payments", "*", "amount"], { payments: [{ amount: 1 }, { amount: 2 }] }),
    false,
  );
  for (const body of [
    { payments: [{ amount: 1 }, { amount: 501 }] },
    { payments: [{ amount: 1 }, {}] },
    { payments: { amount: 1 } },
  ])
    assert.equal(judge(["payments", "*", "amount"], body), true, JSON.stringify(body));
});

test("a sign-in is fresh for as long as is said, and one that does not say when it was is not", () => {
  const fresh = compileStepUp({ ...base, withinSeconds: 300 });
  const code = (signedInAt: unknown): string | undefined =>
    fresh({ auth_time: signedInAt }, undefined, 10_000)?.problem.code;
  for (const signedInAt of [10_000, 9700, 10_030])
    assert.equal(code(signedInAt), undefined, String(signedInAt));
  for (const signedInAt of [9699, 0, undefined, null, "9999", Number.NaN, Number.POSITIVE_INFINITY])
    assert.equal(code(signedInAt), "step-up-needed", String(signedInAt));
});
