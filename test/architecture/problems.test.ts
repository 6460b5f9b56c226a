import assert from "node:assert/strict";
import { globSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { alwaysEnforced, controls } from "@portcullis/guard/control";
import { problemCatalog, problemCodes } from "@portcullis/guard/problem-catalog";

const root = join(import.meta.dirname, "..", "..");
const page = readFileSync(join(root, "docs", "problems.md"), "utf8");
const documented = [...page.matchAll(/^### `([a-z-]+)` \((\d{3}), ([a-z]+)\)$/gm)].map((match) => ({ code: match[1], status: Number(match[2]), control: match[3] }));

test("every row of the problem catalogue is documented with its status and control, and nothing else is", () => {
  assert.deepEqual(
    documented.toSorted((a, b) => String(a.code).localeCompare(String(b.code))),
    problemCodes.map((code) => ({ code, status: problemCatalog[code].status, control: problemCatalog[code].control })).toSorted((a, b) => a.code.localeCompare(b.code)),
  );
});

test("a control whose refusals are always enforced is one of the controls", () => {
  for (const control of alwaysEnforced) assert.ok(controls.includes(control));
});

test("every code of the catalogue is one that some source file gives", () => {
  const given = globSync("packages/*/src/**/*.ts", { cwd: root })
    .filter((file) => !file.endsWith(".test.ts") && !file.endsWith("problem-catalog.ts"))
    .map((file) => readFileSync(join(root, file), "utf8"))
    .join("\n");
  assert.deepEqual(problemCodes.filter((code) => !given.includes(`"${code}"`)), []);
});
