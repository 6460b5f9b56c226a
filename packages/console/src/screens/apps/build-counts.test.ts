import assert from "node:assert/strict";
import { test } from "node:test";
import { appsOf, compareVersions, days, shareOlderThan } from "./build-counts.ts";

const nowMs = Date.UTC(2026, 10, 22, 9);
const at = (daysAgo: number): string => new Date(Date.UTC(2026, 10, 22 - daysAgo)).toISOString();
const row = (appVersion: string, daysAgo: number, requests: number) => ({
  at: at(daysAgo),
  app: "harbour-ios",
  appVersion,
  requests,
  decided: 0,
});

test("versions are ordered by their numbers, and what is no number stands first", () => {
  const sorted = ["3.10.0", "dev", "3.9", "3.9.1", "4"].toSorted(compareVersions);
  assert.deepEqual(sorted, ["dev", "3.9", "3.9.1", "3.10.0", "4"]);
});

test("who would be left behind is the share of older builds of this week, beside the week before", () => {
  const [app] = appsOf(
    [row("3.2.0", 10, 30), row("3.10.0", 9, 70), row("3.2.0", 1, 10), row("3.10.0", 0, 90)],
    nowMs,
  );
  assert.ok(app !== undefined);
  assert.deepEqual(
    app.builds.map(({ version }) => version),
    ["3.10.0", "3.2.0"],
  );
  assert.deepEqual(shareOlderThan(app, "3.10.0"), { now: 0.1, before: 0.3 });
  assert.deepEqual(shareOlderThan(app, "3.2.0"), { now: 0, before: 0 });
  assert.equal(app.builds[0]?.byDay.length, days);
});

test("without requests in a week there is no share, and not none", () => {
  const [app] = appsOf([row("3.2.0", 40, 5)], nowMs);
  assert.ok(app !== undefined);
  assert.deepEqual(shareOlderThan(app, "9"), { now: undefined, before: undefined });
  assert.deepEqual(appsOf([{ at: at(0), requests: 4, decided: 0 }], nowMs), []);
});
