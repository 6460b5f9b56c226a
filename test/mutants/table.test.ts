import assert from "node:assert/strict";
import { existsSync, readFileSync } from "node:fs";
import { stripTypeScriptTypes } from "node:module";
import { join } from "node:path";
import { test } from "node:test";
import { mutate } from "../../tools/mutants/mutant.ts";
import { mutants } from "../../tools/mutants/table.ts";

const root = join(import.meta.dirname, "..", "..");
const textOf = (file: string): string => readFileSync(join(root, file), "utf8");

test("every row of the changed lines fits the sources once, changes code, and leaves it readable", () => {
  const faults = mutants.flatMap((mutant) => {
    try {
      const before = textOf(mutant.file);
      const after = mutate(mutant, before);
      const label = `${mutant.file}: ${mutant.find}`;
      assert.notEqual(stripTypeScriptTypes(after), stripTypeScriptTypes(before), label);
      return [];
    } catch (fault) {
      return [(fault as Error).message];
    }
  });
  assert.deepEqual(faults, []);
});

test("every row says what it breaks, names tests that are there, and stands once", () => {
  const seen = new Set<string>();
  for (const { breaks, equivalent, file, find, put, tests } of mutants) {
    const key = JSON.stringify([file, find, put]);
    assert.ok(!seen.has(key), `${file}: ${find} stands twice`);
    seen.add(key);
    assert.match(breaks, /^[A-Z].*\.$/, file);
    assert.match(equivalent ?? "Said.", /^[A-Z].*\.$/s, file);
    assert.ok(tests.length > 0, `${file}: ${find} names no test`);
    for (const one of tests) assert.ok(existsSync(join(root, one)), `${one} is not there`);
  }
});

test("the rows reach every package, and few of them change nothing", () => {
  const packages = new Set(mutants.map(({ file }) => file.split("/")[1]));
  assert.deepEqual(
    [...packages].sort((a, b) => String(a).localeCompare(String(b))),
    ["client", "guard", "identity", "server"],
  );
  assert.ok(mutants.length >= 200, `${mutants.length} rows`);
  assert.ok(mutants.filter(({ equivalent }) => equivalent !== undefined).length <= 5);
});

test("a row that fits nowhere, twice or changes nothing is a fault that says what to do", () => {
  const row = { file: "a.ts", find: "x", put: "y", breaks: "It holds.", tests: [] };
  assert.equal(mutate(row, "a x b"), "a y b");
  assert.equal(mutate({ ...row, put: "$&$1" }, "x"), "$&$1");
  assert.throws(() => mutate(row, "a"), /0 times, and not once/);
  assert.throws(() => mutate(row, "x x"), /2 times, and not once/);
  assert.throws(() => mutate({ ...row, put: "x" }, "x"), /changes nothing/);
});
