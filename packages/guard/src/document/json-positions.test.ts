import assert from "node:assert/strict";
import { mkdtempSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import { readDocument, type SourceDocument } from "./read-document.ts";

const directory = mkdtempSync(join(tmpdir(), "portcullis-positions-"));

const placeIn = (document: SourceDocument, path: readonly string[]): readonly number[] => {
  const { column, line } = document.positionOf(path);
  return [line, column];
};

test("a place in a JSON document is told as in the same text read as YAML", () => {
  const value = {
    openapi: "3.1.0",
    'a"b\\': { list: [1, true, null, "x,]}", { deep: { "": -1.5e3 } }], empty: {}, none: [] },
    paths: { "/a/{b}": { get: { operationId: "x" } } },
  };
  for (const indent of [0, 1, 4]) {
    const text = JSON.stringify(value, null, indent);
    const json = join(directory, `a${indent}.json`);
    // A comment makes it YAML and no JSON, and moves nothing.
    const yaml = join(directory, `a${indent}.yaml`);
    writeFileSync(json, text);
    writeFileSync(yaml, `${text}\n# not JSON\n`);
    const [fromJson, fromYaml] = [readDocument(json).document, readDocument(yaml).document];
    assert.ok(fromJson !== undefined && fromYaml !== undefined);
    assert.deepEqual(fromJson.value, fromYaml.value);
    for (const path of [
      [],
      ["openapi"],
      ['a"b\\'],
      ['a"b\\', "list"],
      ['a"b\\', "list", "3"],
      ['a"b\\', "list", "4", "deep", ""],
      ['a"b\\', "none"],
      ["paths", "/a/{b}", "get", "operationId"],
      ["paths", "absent", "x"],
      ["openapi", "x"],
    ]) {
      assert.deepEqual(
        placeIn(fromJson, path),
        placeIn(fromYaml, path),
        `${indent} ${path.join("/")}`,
      );
    }
  }
});

test("a JSON document with a fault says where", () => {
  const file = join(directory, "twice.json");
  writeFileSync(file, '{\n  "openapi": "3.1.0",\n  "openapi": "3.0.0"\n}');
  const { faults } = readDocument(file);
  assert.equal(faults[0]?.line, 3);
});
