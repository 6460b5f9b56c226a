import assert from "node:assert/strict";
import { globSync } from "node:fs";
import { join } from "node:path";
import { readOpenApi } from "@portcullis/guard/documents";
import { test } from "../../../../test/parts/test.ts";
import { verifyStructure } from "./verify-structure.ts";

const documents = (suites: string, kind: string): string[] =>
  globSync([`oas-examples/3.*/${kind}/**/*.{yaml,yml,json}`, `oas-schema-cases/*/${kind}/*.yaml`], {
    cwd: suites,
  }).sort();

async function faultsOf(file: string): Promise<number> {
  const { faults } = readOpenApi(file);
  return faults.length > 0 ? faults.length : (await verifyStructure(file)).length;
}

test("documents of the public suites that must fail are faulted", { needs: ["suites"] }, async ({
  suites,
}) => {
  const files = documents(suites, "fail");
  assert.ok(files.length > 100, `${files.length}`);
  const accepted: string[] = [];
  for (const file of files) if ((await faultsOf(join(suites, file))) === 0) accepted.push(file);
  assert.deepEqual(accepted, []);
});

test("documents of the public suites that must pass have no structural fault", {
  needs: ["suites"],
}, async ({ suites }) => {
  const faulted: string[] = [];
  for (const file of documents(suites, "pass"))
    if ((await verifyStructure(join(suites, file))).length > 0) faulted.push(file);
  // OpenAPI 3.0 asks for paths; the suite lets two documents go without.
  assert.deepEqual(faulted, [
    "oas-examples/3.0/pass/server_enum_empty.yaml",
    "oas-examples/3.0/pass/server_enum_unknown.yaml",
  ]);
});
