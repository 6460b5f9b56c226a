import assert from "node:assert/strict";
import { globSync, mkdtempSync, readFileSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, relative, sep } from "node:path";
import type { Fault } from "./api-document.ts";
import { test } from "../../../../test/parts/test.ts";
import { readOpenApi } from "./read-openapi.ts";

const directory = mkdtempSync(join(tmpdir(), "portcullis-openapi-"));

function read(text: string): ReturnType<typeof readOpenApi> {
  const file = join(directory, "openapi.yaml");
  writeFileSync(file, text);
  return readOpenApi(file);
}
const errors = (faults: readonly Fault[]): string[] =>
  faults
    .filter((fault) => fault.severity === "error" || fault.tolerated === true)
    .map((fault) => `${fault.line}:${fault.column} ${fault.message}`);

const head = `openapi: 3.0.3
info: { title: Bank, version: "1" }
servers: [{ url: "https://api.example/v1" }]
`;

test("an operation carries the server's base path, its merged parameters and the document's security", () => {
  const { document, faults } = read(`${head}security: [{ token: [accounts] }]
paths:
  /accounts/{id}:
    parameters:
      - { name: id, in: path, required: true, schema: { type: string } }
      - { name: verbose, in: query, schema: { type: boolean } }
    get:
      operationId: getAccount
      parameters: [{ name: verbose, in: query, required: true, schema: { type: boolean } }]
      responses: { "200": { description: ok, content: { application/json: { schema: { $ref: "#/components/schemas/Account" } } } } }
    delete: { security: [], responses: {} }
components:
  securitySchemes: { token: { type: http, scheme: Bearer } }
  schemas: { Account: { type: object, properties: { note: { type: string, nullable: true }, parent: { $ref: "#/components/schemas/Account" } } } }
`);
  assert.deepEqual(errors(faults), []);
  const [get, remove] = document?.operations ?? [];
  assert.equal(get?.key, "GET /v1/accounts/{id}");
  assert.deepEqual(
    get?.parameters.map((parameter) => [
      parameter.name,
      parameter.required,
      parameter.style,
      parameter.explode,
    ]),
    [
      ["id", true, "simple", false],
      ["verbose", true, "form", true],
    ],
  );
  assert.deepEqual(get?.security, [{ token: ["accounts"] }]);
  assert.deepEqual(remove?.security, []);
  assert.deepEqual(document?.schemas["Account"], {
    type: "object",
    properties: { note: { type: ["string", "null"] }, parent: { $ref: "#/$defs/Account" } },
  });
});

test("silence about security is kept apart from an empty list", () => {
  const { document } = read(`${head}paths: { /a: { get: { responses: {} } } }\n`);
  assert.equal(document?.operations[0]?.security, undefined);
});

test("every fault is named at once, each with its line and column", () => {
  const { document, faults } = read(`${head}paths:
  /a/{id}:
    get: { operationId: same, responses: {} }
  /b:
    get: { operationId: same, security: [{ nobody: [] }], responses: { "2000": { description: x } } }
    fetch: {}
`);
  assert.deepEqual(
    document?.operations.map(({ key, operationId, unchecked }) => [key, operationId, unchecked]),
    [
      ["GET /v1/a/{id}", undefined, undefined],
      ["GET /v1/b", undefined, ["response", "security"]],
    ],
  );
  assert.deepEqual(faults.map((fault) => `${fault.line} ${fault.message}`).toSorted(), [
    "6 the path names {id}, but no path parameter 'id' is declared",
    "8 '2000' is not a status",
    "8 the operationId 'same' is also that of 'GET /v1/a/{id}' (line 6)",
    "8 there is no security scheme 'nobody'",
    "9 'fetch' is not a method",
  ]);
  assert.ok(faults.every((fault) => fault.column > 1));
});

test("references lead across files, and a loop of them is a fault", () => {
  writeFileSync(
    join(directory, "parts.yaml"),
    "Money: { type: object, properties: { amount: { type: integer }, of: { $ref: '#/Money' } } }\nLoop: { $ref: '#/Loop' }\n",
  );
  const { document, faults } = read(`${head}paths:
  /a:
    post:
      requestBody: { content: { application/json: { schema: { $ref: "parts.yaml#/Money" } } } }
      responses: {}
`);
  assert.deepEqual(errors(faults), []);
  assert.deepEqual(document?.schemas["Money"], {
    type: "object",
    properties: { amount: { type: "integer" }, of: { $ref: "#/$defs/Money" } },
  });
  assert.match(
    errors(read(`${head}paths: { /a: { $ref: "parts.yaml#/Loop" } }\n`).faults)[0] ?? "",
    /leads back to itself/,
  );
  assert.match(
    errors(
      read(`${head}paths: { /a: { $ref: "https://elsewhere.example/a.yaml" } }\n`).faults,
    )[0] ?? "",
    /leads to another host/,
  );
  assert.match(
    errors(read(`${head}paths: { /a: { $ref: "#/nowhere" } }\n`).faults)[0] ?? "",
    /leads nowhere/,
  );
});

test("duplicate keys, a bomb of aliases and a broken file are refused, not survived by luck", () => {
  assert.match(errors(read("openapi: 3.0.0\nopenapi: 3.1.0\n").faults)[0] ?? "", /^2:1 .*unique/);
  const bomb = [
    "a0: &a0 [x, x, x, x, x, x, x, x, x]",
    ...Array.from(
      { length: 12 },
      (_, index) => `a${index + 1}: &a${index + 1} [${`*a${index}, `.repeat(9)}x]`,
    ),
  ].join("\n");
  assert.match(errors(read(`${head}${bomb}\n`).faults)[0] ?? "", /alias/i);
  assert.match(
    errors(readOpenApi(join(directory, "absent.yaml")).faults)[0] ?? "",
    /does not exist/,
  );
});

/** Files of the suite's `pass` folders that are no OpenAPI 3 documents themselves. */
const refusedOnPurpose: Readonly<Record<string, string>> = {
  "ref-encoding2.yaml": "Swagger 2.0",
  "ref-encoding3.yaml": "Swagger 2.0",
  "example1_from_._Different_requestbody.md.yaml": "Swagger 2.0",
  "example1_from_._Different_servers.md.yaml": "Swagger 2.0",
};

test("documents of the public suites that must pass do, or are refused for a stated reason", {
  needs: ["suites"],
}, ({ suites }) => {
  const refused: string[] = [];
  let accepted = 0;
  for (const file of globSync(`${suites}/oas-*/**/pass/**/*.{yaml,yml,json}`)) {
    const name = file.split(sep).at(-1) ?? "";
    if (
      !/^\s*["']?openapi["']?\s*:\s*["']?3/m.test(readFileSync(file, "utf8")) ||
      Object.hasOwn(refusedOnPurpose, name)
    )
      continue;
    const { document, faults } = readOpenApi(file);
    if (document === undefined)
      refused.push(`${relative(suites, file)}: ${errors(faults).join("; ")}`);
    else accepted += 1;
  }
  assert.deepEqual(refused, []);
  assert.ok(accepted > 80, `${accepted} accepted`);
});

test("no document of the public suites, however malicious, makes the reader throw", {
  needs: ["suites"],
}, ({ suites }) => {
  for (const file of globSync(`${suites}/oas-*/**/{fail,malicious}/**/*.{yaml,yml,json}`))
    readOpenApi(file);
});
