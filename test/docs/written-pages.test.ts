import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { writtenPages } from "../../tools/docs/pages.ts";

const root = join(import.meta.dirname, "..", "..");

for (const { file, text } of writtenPages())
  test(`${file} says what the code says`, () => {
    assert.equal(readFileSync(join(root, file), "utf8"), text, "write it anew: npm run docs");
  });
