import assert from "node:assert/strict";
import { test } from "node:test";
import {
  compareVersions,
  createAppReader,
  readApp,
  readRange,
  readVersion,
} from "../../facts/app.ts";
import { compileForcedUpgrade } from "./forced-upgrade.ts";

test("an app's own word is read in its form, and nothing is read of any other", () => {
  const app = readApp("harbour-ios/3.4.1 (build 812; ios 19.1)");
  assert.deepEqual(app, {
    id: "harbour-ios",
    version: "3.4.1",
    numbers: [3, 4, 1],
    build: "812",
    platform: "ios 19.1",
  });
  assert.equal(readApp("harbour/3")?.version, "3");
  assert.equal(readApp("harbour/3.4.1-beta.2")?.version, "3.4.1");
  for (const text of [
    "",
    "harbour",
    "harbour/",
    "harbour/x",
    "harbour/3.4.1.5.6",
    "a b/1",
    "harbour/99999999999",
    "harbour/1 (a) (b)",
    `${"a".repeat(300)}/1`,
  ])
    assert.equal(readApp(text), undefined, text);
});

test("the reader remembers a bounded number of builds", () => {
  const read = createAppReader();
  for (let index = 0; index < 10_000; index += 1)
    assert.equal(read(`a/${index}`)?.version, String(index));
  assert.equal(read("a/1"), read("a/1"));
  assert.equal(read(undefined), undefined);
});

test("versions are compared number by number", () => {
  for (const [a, b, order] of [
    ["3.10", "3.9", 1],
    ["3", "3.0.0", 0],
    ["2.9.9", "3", -1],
  ] as const)
    assert.equal(Math.sign(compareVersions(readVersion(a) ?? [], readVersion(b) ?? [])), order);
  const range = readRange(">=3.2 <4");
  assert.deepEqual(
    ["3.1.9", "3.2", "3.99.1", "4", "10"].map((text) => range?.(readVersion(text) ?? [])),
    [false, true, true, false, false],
  );
  for (const none of ["", "3.x", "~3", ">=", "> 3", "3 || 4"])
    assert.equal(readRange(none), undefined, none);
});

test("a build that is too old or blocked is sent to its update, and others are not disturbed", () => {
  const check = compileForcedUpgrade({
    apps: [
      {
        id: "harbour-ios",
        minVersion: "3.0.0",
        blocked: ["=3.4.0"],
        upgradeUrl: "https://apps.example/harbour",
      },
    ],
    required: false,
  });
  assert.equal(check?.(readApp("harbour-ios/3.0")), undefined);
  const old = check?.(readApp("harbour-ios/2.9.9"));
  assert.equal(old?.problem.code, "app-version-unsupported");
  assert.deepEqual(old?.headers, [
    ["Link", '<https://apps.example/harbour>; rel="latest-version"'],
  ]);
  assert.equal(check?.(readApp("harbour-ios/3.4.0"))?.problem.code, "app-version-unsupported");
  assert.equal(check?.(readApp("other/1")), undefined);
  assert.equal(check?.(undefined), undefined);
});

test("where the policy asks for a name, a request without a known one is refused", () => {
  const check = compileForcedUpgrade({
    apps: [{ id: "a", minVersion: undefined, blocked: [], upgradeUrl: undefined }],
    required: true,
  });
  assert.equal(check?.(undefined)?.problem.code, "app-unidentified");
  assert.equal(check?.(readApp("b/1"))?.problem.code, "app-unidentified");
  assert.equal(check?.(readApp("a/1")), undefined);
  assert.equal(compileForcedUpgrade({ apps: [], required: false }), undefined);
});
