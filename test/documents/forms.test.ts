import assert from "node:assert/strict";
import { mkdtempSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import type { ApiDocument, Operation } from "../../packages/guard/src/document/api-document.ts";
import { readOpenApi } from "../../packages/guard/src/document/read-openapi.ts";

const directory = mkdtempSync(join(tmpdir(), "portcullis-forms-"));
const written = (name: string, text: string): string => {
  const file = join(directory, name);
  writeFileSync(file, text);
  return file;
};
const head = "openapi: 3.1.0\ninfo: { title: Forms, version: v1 }\n";

/** The document of a text that holds no fault. */
function read(text: string, overlays: readonly string[] = []): ApiDocument {
  const { document, faults } = readOpenApi(written("openapi.yaml", text), overlays);
  assert.deepEqual(faults, []);
  assert.ok(document !== undefined);
  return document;
}
const keys = ({ operations }: ApiDocument): string[] => operations.map(({ key }) => key);
const only = ({ operations }: ApiDocument): Operation => {
  assert.equal(operations.length, 1);
  return operations[0] as Operation;
};

test("an operation and a path may stand elsewhere, and what stands beside a path's reference is read too", () => {
  written(
    "parts.yaml",
    "act: { operationId: act, security: [], responses: {} }\nitem: { get: { security: [], responses: {} }, put: { tags: [theirs], responses: {} } }\n",
  );
  const document = read(
    `${head}paths:\n  /a: { get: { $ref: "parts.yaml#/act" } }\n  /b: { $ref: "parts.yaml#/item", put: { tags: [own], responses: {} } }\n`,
  );
  assert.deepEqual(keys(document), ["GET /a", "PUT /b", "GET /b"]);
  assert.equal(document.operations[0]?.operationId, "act");
  assert.deepEqual(document.operations[1]?.tags, ["own"]);
});

test("each server's path is a base of its own; those of an operation stand for those of its path, and these for the document's", () => {
  const document =
    read(`${head}servers: [{ url: "https://a.example/v1/" }, { url: "{host}/v2", variables: { host: { default: "https://b.example" } } }]
paths:
  /a: { get: { operationId: a, responses: {} } }
  /b: { servers: [{ url: /item }], get: { responses: {} }, put: { servers: [{ url: /own }, { url: "https://c.example" }], responses: {} } }
`);
  assert.deepEqual(keys(document), [
    "GET /v1/a",
    "GET /v2/a",
    "GET /item/b",
    "PUT /own/b",
    "PUT /b",
  ]);
  assert.deepEqual(
    document.operations.slice(0, 2).map(({ operationId }) => operationId),
    ["a", "a"],
  );
});

test("YAML merge keys are merged, and a fault in what an alias repeats is named where it was written", () => {
  const text = `${head}x-shared: &shared
  security: []
  responses: &answers { "200": { description: ok } }
paths:
  /a: { get: { <<: *shared, operationId: a } }
  /b: { get: { <<: [*shared], security: [{}], responses: *answers } }
`;
  const [a, b] = read(text).operations;
  assert.deepEqual([a?.security, a?.responses.length], [[], 1]);
  assert.deepEqual([b?.security, b?.responses.length], [[{}], 1]);
  const { faults } = readOpenApi(
    written("openapi.yaml", text.replace('"200"', '"2000"').replace("<<: *shared,", "")),
  );
  assert.deepEqual(
    faults.map(({ line, message }) => `${line} ${message}`),
    ["5 '2000' is not a status"],
  );
});

test("overlays are laid over a document in their order: updated, added to and removed by JSONPath", () => {
  const text = `${head}paths:
  /a: { get: { operationId: a, tags: [one], security: [{}], x-internal: true, responses: {} } }
  /b: { get: { operationId: b, x-internal: true, responses: {} }, put: { operationId: c, responses: {} } }
`;
  const first = written(
    "first.yaml",
    `overlay: 1.0.0
info: { title: For the gate, version: "1" }
actions:
  - { target: "$.paths['/a'].get", update: { security: [], summary: Overlaid } }
  - { target: $.paths.*.get.tags, update: two }
  - { target: "$.paths[*][?(@.operationId == 'c')]", update: { tags: [changed] } }
`,
  );
  const second = written(
    "second.yaml",
    `overlay: 1.0.0\ninfo: { title: Second, version: "1" }\nactions: [{ target: "$..[?@['x-internal'] == true && @.operationId != 'a']", remove: true }]\n`,
  );
  const document = read(text, [first, second]);
  assert.deepEqual(keys(document), ["GET /a", "PUT /b"]);
  const [a, c] = document.operations;
  // Lists of an update are added to: what stood in `security` still stands.
  assert.deepEqual([a?.tags, a?.summary, a?.security], [["one", "two"], "Overlaid", [{}]]);
  assert.deepEqual(c?.tags, ["changed"]);
});

test("a fault of an overlay keeps the document from being served: who wrote it meant it", () => {
  const text = `${head}paths: { /a: { get: { responses: {} } } }\n`;
  for (const [actions, says] of [
    ["[{ target: $.paths, update: 1 }]", /only objects and lists/],
    ["[{ target: '$.paths[?(length(@) > 1)]', remove: true }]", /not understood/],
    ["[{ target: $.paths }]", /what becomes of it/],
    ["{}", /list of actions/],
  ] as const) {
    const overlay = written("bad.yaml", `overlay: 1.0.0\nactions: ${actions}\n`);
    const { document, faults } = readOpenApi(written("openapi.yaml", text), [overlay]);
    assert.equal(document, undefined, actions);
    assert.match(faults[0]?.message ?? "", says);
    assert.equal(faults[0]?.file, overlay);
  }
  const nothing = written(
    "none.yaml",
    "overlay: 1.0.0\nactions: [{ target: $.x, remove: true }]\n",
  );
  const { document, faults } = readOpenApi(written("openapi.yaml", text), [nothing]);
  assert.ok(document !== undefined);
  assert.match(faults[0]?.message ?? "", /selects nothing/);
});

const swagger = `swagger: "2.0"
info: { title: Old, version: "1" }
basePath: /v1
consumes: [application/json]
produces: [application/json]
securityDefinitions: { login: { type: basic }, key: { type: apiKey, in: header, name: X-Key } }
security: [{ key: [] }]
parameters: { limit: { name: limit, in: query, type: integer, maximum: 50 } }
responses: { Absent: { description: none, schema: { $ref: "#/definitions/Problem" } } }
definitions:
  Problem: { type: object, properties: { code: { type: string, x-nullable: true } } }
  Pet: { type: object, required: [name], properties: { name: { type: string } } }
paths:
  /pets:
    parameters: [{ $ref: "#/parameters/limit" }]
    get: { operationId: pets, parameters: [{ name: tags, in: query, type: array, items: { type: string }, collectionFormat: multi }], responses: { 200: { description: ok, schema: { type: array, items: { $ref: "#/definitions/Pet" } } }, 404: { $ref: "#/responses/Absent" } } }
    post: { operationId: add, security: [{ login: [] }], parameters: [{ name: pet, in: body, required: true, schema: { $ref: "#/definitions/Pet" } }], responses: { 201: { description: ok } } }
  /pets/{id}/picture:
    post: { operationId: picture, consumes: [multipart/form-data], parameters: [{ name: id, in: path, required: true, type: string }, { name: file, in: formData, type: file, required: true }, { name: note, in: formData, type: string }], responses: { 204: { description: ok } } }
`;

test("Swagger 2.0 is read as OpenAPI 3.0: bodies, forms, lists, shared parts and security", () => {
  const document = read(swagger);
  assert.deepEqual(keys(document), ["GET /v1/pets", "POST /v1/pets", "POST /v1/pets/{id}/picture"]);
  assert.deepEqual(document.securitySchemes, [
    { name: "login", type: "http", scheme: "basic" },
    { name: "key", type: "apiKey", in: "header", parameterName: "X-Key" },
  ]);
  const [pets, add, picture] = document.operations;
  assert.deepEqual(
    pets?.parameters.map(({ explode, name, schema }) => [name, explode, schema]),
    [
      ["limit", true, { type: "integer", maximum: 50 }],
      ["tags", true, { type: "array", items: { type: "string" } }],
    ],
  );
  assert.deepEqual(
    pets?.responses.map(({ content, status }) => [status, content[0]?.mediaType]),
    [
      ["200", "application/json"],
      ["404", "application/json"],
    ],
  );
  assert.deepEqual(add?.requestBody, {
    required: true,
    content: [{ mediaType: "application/json", schema: { $ref: "#/$defs/Pet" } }],
  });
  assert.deepEqual(add?.security, [{ login: [] }]);
  assert.deepEqual(picture?.requestBody?.content[0]?.schema, {
    type: "object",
    properties: { file: { type: "string", format: "binary" }, note: { type: "string" } },
    required: ["file"],
  });
  assert.deepEqual(document.schemas["Problem"], {
    type: "object",
    properties: { code: { type: ["string", "null"] } },
  });
});

test("what Swagger 2.0 says and OpenAPI 3.0 cannot is named at its line, and left unchecked", () => {
  const { document, faults } = readOpenApi(
    written(
      "openapi.yaml",
      swagger
        .replace("collectionFormat: multi", "collectionFormat: tsv")
        .replace("Pet: { type: object,", "Pet: { type: object, discriminator: name,"),
    ),
  );
  assert.deepEqual(faults.map(({ line, message }) => `${line} ${message}`).toSorted(), [
    "12 the discriminator 'name' names no schemas to choose between",
    "16 lists written as 'tsv' cannot be read",
  ]);
  assert.deepEqual(
    only({ ...document, operations: document?.operations.slice(1, 2) } as ApiDocument).unchecked,
    ["request"],
  );
});
