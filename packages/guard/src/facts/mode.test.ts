import assert from "node:assert/strict";
import { test } from "node:test";
import { readApp } from "./app.ts";
import type { Caller } from "./caller.ts";
import { inCohort } from "./cohort.ts";
import { compileMode, type ModeFacts } from "./mode.ts";

const caller = (subject: string, appVersion?: string): ModeFacts => ({
  address: "192.0.2.1",
  caller: { subject, key: subject } as Caller,
  app: appVersion === undefined ? undefined : readApp(`harbour-ios/${appVersion}`),
});
const users = Array.from({ length: 20_000 }, (_, index) => caller(`user-${index}`));

test("a cohort is as large as it says, and grows without losing anybody", () => {
  for (const percent of [1, 25, 50, 99.5]) {
    const share =
      (users.filter((user) => inCohort(user, percent, "a")).length / users.length) * 100;
    assert.ok(Math.abs(share - percent) < 1.2, `${percent}: ${share}`);
  }
  assert.ok(users.every((user) => !inCohort(user, 25, "a") || inCohort(user, 30, "a")));
  assert.ok(users.every((user) => inCohort(user, 100, "a") && !inCohort(user, 0, "a")));
});

test("two controls do not try everything on the same callers", () => {
  const both =
    users.filter((user) => inCohort(user, 50, "a") && inCohort(user, 50, "b")).length /
    users.length;
  assert.ok(both > 0.22 && both < 0.28, `${both}`);
});

test("a staged mode is enforced for the builds and the share it names, and otherwise what it says", () => {
  const staged = compileMode(
    { enforce: { app: ">=3.2", percent: undefined }, otherwise: "observe" },
    "x",
  );
  assert.equal(staged.constant, undefined);
  assert.equal(staged.decide(caller("u", "3.4")), "enforce");
  assert.equal(staged.decide(caller("u", "3.1")), "observe");
  assert.equal(staged.decide(caller("u")), "observe");
  assert.equal(compileMode("off", "x").constant, "off");
  assert.equal(
    compileMode({ enforce: { app: undefined, percent: 100 }, otherwise: "off" }, "x").constant,
    "enforce",
  );
});
