import assert from "node:assert/strict";
import { test } from "node:test";
import { modeKeys } from "@portcullis/guard/policy";
import { problemCatalogue } from "@portcullis/guard/problems";
import { sourcesBelow, textOf } from "./sources.ts";

const problems = [...problemCatalogue.values()];

test("every problem is set by a mode key that the policy knows", () => {
  const keys = modeKeys.map(({ key }) => key);
  assert.deepEqual(
    problems.filter(({ mode }) => !keys.includes(mode)),
    [],
  );
  assert.equal(new Set(keys).size, keys.length);
});

test("every problem is one that some source file gives", () => {
  // A row of a table is no use of it.
  const given = sourcesBelow("packages")
    .map((file) => textOf(file).replaceAll(/^ {2}"[a-z-]+": \{$/gm, ""))
    .join("\n");
  assert.ok(problems.length > 40);
  assert.deepEqual(
    problems.map(({ code }) => code).filter((code) => !given.includes(`"${code}"`)),
    [],
  );
});
