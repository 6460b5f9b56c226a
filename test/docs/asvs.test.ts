import assert from "node:assert/strict";
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";

// The page on ASVS names tests by their sentences: each must be there.
const root = join(import.meta.dirname, "..", "..");
const page = readFileSync(join(root, "docs", "asvs.md"), "utf8");
const rows = page
  .split("\n")
  .filter((line) => /^\| \d/.test(line))
  .map((line) => line.split("|").map((cell) => cell.trim()))
  .map(([, id = "", , state = "", by = ""]) => ({ id, state, by }));

function everyTest(): string {
  const files = ["test", "packages"].flatMap((folder) =>
    readdirSync(join(root, folder), { recursive: true, encoding: "utf8" })
      .filter((file) => file.endsWith(".test.ts") && !file.includes("node_modules"))
      .map((file) => readFileSync(join(root, folder, file), "utf8")),
  );
  return files.join("\n");
}

test("every test that the page on ASVS names is there", () => {
  const tests = everyTest();
  const named = rows.flatMap(({ by }) =>
    [...by.matchAll(/"([^"]{20,})"/g)].map(([, sentence]) => sentence as string),
  );
  assert.ok(named.length > 60, `${named.length}`);
  assert.deepEqual(
    [...new Set(named)].filter((sentence) => !tests.includes(sentence)),
    [],
  );
});

test("each requirement stands once, is met, the operator's or not met, and says by what or why", () => {
  assert.ok(rows.length > 100, `${rows.length}`);
  assert.equal(new Set(rows.map(({ id }) => id)).size, rows.length);
  for (const { by, id, state } of rows) {
    assert.match(state, /^(met|operator|not met)$/, id);
    assert.ok(by.length > 10, id);
  }
});
