import assert from "node:assert/strict";
import { test } from "node:test";
import { compareVersions, isInRange } from "../../tools/supply-chain/versions.ts";

/** Semantic versioning 2.0.0, section 11, from the least to the greatest. */
const ordered = [
  "0.0.1",
  "0.9.9",
  "1.0.0-0",
  "1.0.0-2",
  "1.0.0-10",
  "1.0.0-alpha",
  "1.0.0-alpha.1",
  "1.0.0-alpha.beta",
  "1.0.0-beta",
  "1.0.0-beta.2",
  "1.0.0-beta.11",
  "1.0.0-rc.1",
  "1.0.0",
  "1.0.1",
  "1.2.0",
  "1.10.0",
  "2.0.0",
];

test("versions are in the order of semantic versioning", () => {
  for (const [index, one] of ordered.entries())
    for (const [other, two] of ordered.entries())
      assert.equal(
        Math.sign(compareVersions(one, two) ?? Number.NaN),
        Math.sign(index - other),
        `${one} ${two}`,
      );
  assert.equal(compareVersions("1.0.0+a", "v1.0.0+b"), 0);
  for (const none of ["", "1", "1.0", "latest", "1.0.x"])
    assert.equal(compareVersions(none, "1.0.0"), undefined, none);
});

test("a version is in a range as npm's reports write it, and in one that nobody understands", () => {
  const cases: readonly (readonly [range: string, inside: string, outside: string])[] = [
    ["<1.2.3", "1.2.2", "1.2.3"],
    ["<=1.2.3", "1.2.3", "1.2.4"],
    [">1.2.3", "1.2.4", "1.2.3"],
    [">=1.2.3", "1.2.3", "1.2.2"],
    ["=1.2.3", "1.2.3", "1.2.4"],
    ["1.2.3", "1.2.3", "1.2.2"],
    [">= 1.0.0 < 2.0.0", "1.5.0", "2.0.0"],
    [">=1.0.0 <2.0.0", "1.0.0", "0.9.9"],
    ["1.0.0 - 1.4.0", "1.4.0", "1.4.1"],
    ["<1.0.0 || >=2.0.0 <2.1.0", "2.0.5", "1.5.0"],
  ];
  for (const [range, inside, outside] of cases) {
    assert.ok(isInRange(inside, range), `${inside} in ${range}`);
    assert.equal(isInRange(outside, range), false, `${outside} in ${range}`);
  }
  for (const range of ["*", "", "~1.2", "all of them"]) assert.ok(isInRange("1.0.0", range), range);
});
