import assert from "node:assert/strict";
import { mkdtempSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import { readOpenApi } from "../../document/read-openapi.ts";
import { SchemaCompiler } from "../../document/schema/compile-schema.ts";
import { noHeaderFields } from "../../facts/header-fields.ts";
import type { Refusal } from "../../facts/refusal.ts";
import { compileParameters } from "./parameters.ts";

const file = join(mkdtempSync(join(tmpdir(), "portcullis-parameters-")), "openapi.yaml");
writeFileSync(
  file,
  `openapi: 3.1.0
info: { title: t, version: "1" }
paths:
  /things/{id}/{ids}:
    get:
      operationId: things
      parameters:
        - { name: id, in: path, required: true, schema: { type: integer, minimum: 1 } }
        - { name: ids, in: path, required: true, schema: { type: array, items: { type: integer } } }
        - { name: page, in: query, schema: { type: integer, maximum: 100 } }
        - { name: tag, in: query, schema: { type: array, items: { type: string, maxLength: 3 } } }
        - { name: sort, in: query, style: pipeDelimited, explode: false, schema: { type: array, items: { enum: [a, b] } } }
        - { name: filter, in: query, style: deepObject, schema: { type: object, properties: { min: { type: number }, open: { type: boolean } } } }
        - { name: near, in: query, schema: { type: object, properties: { lat: { type: number }, lon: { type: number } } } }
        - { name: q, in: query, content: { application/json: { schema: { type: object, required: [x], properties: { x: { type: integer } } } } } }
        - { name: X-Request-Id, in: header, required: true, schema: { type: string, format: uuid } }
        - { name: session, in: cookie, schema: { type: string, maxLength: 4 } }
      responses: { "200": { description: ok } }
`,
);
const { document, faults } = readOpenApi(file);
assert.deepEqual(faults, []);
assert.ok(document !== undefined);
const [operation] = document.operations;
assert.ok(operation !== undefined);
const check = compileParameters(
  operation,
  document.schemas,
  new SchemaCompiler(document.schemas, "request"),
  ["api_key"],
);
const uuid = "6fa459ea-ee8a-3ca4-894e-db77e160355e";

function head(
  query: string,
  rest: { path?: string[]; headers?: string[]; cookie?: string } = {},
): string[] {
  const outcome = check({
    pathParameters: rest.path ?? ["7", "1,2"],
    query,
    arrival: { rawHeaders: rest.headers ?? ["x-request-id", uuid] },
    fields: { ...noHeaderFields(), cookie: rest.cookie },
  } as unknown as Parameters<typeof check>[0]) as Refusal | undefined;
  return (outcome?.violations ?? []).map(
    (violation) =>
      `${violation.in} ${violation.name ?? ""}${violation.pointer ?? ""} ${violation.keyword}`,
  );
}

test("parameters of every style are read as their schema's type, and only where they are that type", () => {
  assert.deepEqual(
    head(
      "page=2&tag=a&tag=b&sort=a|b&filter[min]=1.5&filter[open]=true&lat=1&lon=2&api_key=k&q=%7B%22x%22%3A1%7D",
    ),
    [],
  );
  assert.deepEqual(head("page=+2"), ["query page type"]);
  assert.deepEqual(head("page=0x10"), ["query page type"]);
  assert.deepEqual(head("page=101"), ["query page maximum"]);
  assert.deepEqual(head("tag=abcd"), ["query tag/0 maxLength"]);
  assert.deepEqual(head("sort=a|c"), ["query sort/1 enum"]);
  assert.deepEqual(head("filter[min]=x"), ["query filter/min type"]);
  assert.deepEqual(head("filter[max]=1"), ["query filter/max undeclared"]);
  assert.deepEqual(head("filter[min]=1&filter[min]=2"), ["query filter style"]);
  assert.deepEqual(head("lat=x"), ["query near/lat type"]);
  assert.deepEqual(head("q=%7B%22x%22%3A1%2C%22x%22%3A2%7D"), ["query q style"]);
});

test("a query parameter that is not declared, or sent twice, is a violation; and a query with two readings is none", () => {
  assert.deepEqual(head("admin=1"), ["query admin undeclared"]);
  assert.deepEqual(head("page=1&page=2"), ["query page duplicate"]);
  assert.deepEqual(head("Page=1"), ["query Page undeclared"]);
  assert.deepEqual(head("__proto__=1"), ["query __proto__ undeclared"]);
  for (const query of ["page=%zz", "page=%ff", "page=1;page=2", "=1"])
    assert.deepEqual(head(query), ["query  malformed"], query);
});

test("path, header and cookie parameters are checked too", () => {
  assert.deepEqual(head("", { path: ["0", "1"] }), ["path id minimum"]);
  assert.deepEqual(head("", { path: ["7", "1,x"] }), ["path ids/1 type"]);
  assert.deepEqual(head("", { path: ["9007199254740993", "1"] }), ["path id type"]);
  assert.deepEqual(head("", { headers: [] }), ["header X-Request-Id required"]);
  assert.deepEqual(head("", { headers: ["X-Request-ID", "no"] }), ["header X-Request-Id format"]);
  assert.deepEqual(head("", { headers: ["X-Request-ID", uuid, "x-request-id", uuid] }), [
    "header X-Request-Id duplicate",
  ]);
  assert.deepEqual(head("", { cookie: "a=b; session=12345" }), ["cookie session maxLength"]);
});
