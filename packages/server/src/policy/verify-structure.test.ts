import assert from "node:assert/strict";
import { globSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { readOpenApi } from "@portcullis/guard/operations/read-openapi";
import { verifyStructure } from "./verify-structure.ts";

const data = process.env["PORTCULLIS_TEST_DATA"] ?? join(import.meta.dirname, "..", "..", "..", "..", "..", "shared", "data");
const documents = (kind: string): string[] => globSync([`oas-examples/3.*/${kind}/**/*.{yaml,yml,json}`, `oas-schema-cases/*/${kind}/*.yaml`], { cwd: data }).sort();

async function faultsOf(file: string): Promise<number> {
  const { faults } = readOpenApi(join(data, file));
  return faults.length > 0 ? faults.length : (await verifyStructure(join(data, file))).length;
}

test("documents of the public suites that must fail are faulted", async () => {
  const files = documents("fail");
  assert.ok(files.length > 100, `${files.length}`);
  const accepted: string[] = [];
  for (const file of files) if ((await faultsOf(file)) === 0) accepted.push(file);
  assert.deepEqual(accepted, []);
});

test("documents of the public suites that must pass have no structural fault", async () => {
  const faulted: string[] = [];
  for (const file of documents("pass")) if ((await verifyStructure(join(data, file))).length > 0) faulted.push(file);
  // OpenAPI 3.0 asks for paths; the suite lets two documents go without.
  assert.deepEqual(faulted, ["oas-examples/3.0/pass/server_enum_empty.yaml", "oas-examples/3.0/pass/server_enum_unknown.yaml"]);
});
