import assert from "node:assert/strict";
import { test } from "node:test";
import { compileStepUp, type StepUpRule } from "./step-up.ts";

const base: StepUpRule = { bound: false, trustedDevice: false, acr: [], withinSeconds: undefined, when: undefined };
const at = (text: string): number => Date.parse(text) / 1000;

test("hours are those of the zone, across midnight and the change of summer time", () => {
  const day = compileStepUp({ ...base, acr: ["mfa"], when: { fromMinute: 7 * 60, toMinute: 22 * 60, zone: "Europe/Amsterdam" } });
  const night = compileStepUp({ ...base, acr: ["mfa"], when: { fromMinute: 22 * 60, toMinute: 6 * 60, zone: "UTC" } });
  const code = (judge: typeof day, time: string): string | undefined => judge({ acr: "pwd" }, undefined, at(time))?.code;
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
  assert.equal(bound({}, undefined, 0)?.code, "token-unbound");
  assert.equal(bound({ cnf: { jkt: "x" } }, undefined, 0), undefined);
  const trusted = compileStepUp({ ...base, trustedDevice: true });
  for (const claim of [undefined, false, "true", 1]) assert.equal(trusted({ device_trusted: claim }, undefined, 0)?.code, "device-untrusted");
  assert.equal(trusted({ device_trusted: true }, undefined, 0), undefined);
  assert.equal(trusted(undefined, undefined, 0)?.code, "step-up-needed");
});
