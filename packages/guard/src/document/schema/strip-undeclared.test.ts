import assert from "node:assert/strict";
import { mkdtempSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import { readOpenApi } from "../read-openapi.ts";
import { compileResponses } from "../responses.ts";
import { compileStrip } from "./strip-undeclared.ts";

const file = join(mkdtempSync(join(tmpdir(), "portcullis-strip-")), "openapi.yaml");
writeFileSync(
  file,
  `openapi: 3.1.0
info: { title: t, version: "1" }
components:
  schemas:
    Account:
      type: object
      required: [id, owner]
      properties:
        id: { type: string }
        owner: { type: string }
        pin: { type: string, writeOnly: true }
        kind: { type: string }
        history: { type: array, items: { $ref: "#/components/schemas/Entry" } }
    Entry: { type: object, properties: { amount: { type: integer }, related: { type: array, items: { $ref: "#/components/schemas/Entry" } } } }
    Base: { type: object, properties: { kind: { type: string } } }
    Card: { allOf: [{ $ref: "#/components/schemas/Base" }, { type: object, properties: { last4: { type: string } } }] }
    Iban: { allOf: [{ $ref: "#/components/schemas/Base" }, { type: object, properties: { iban: { type: string } } }] }
paths:
  /things:
    get:
      operationId: things
      responses:
        "200": { description: ok, content: { application/json: { schema: { $ref: "#/components/schemas/Account" } } } }
        "201": { description: ok, content: { application/json: { schema: { oneOf: [{ $ref: "#/components/schemas/Card" }, { $ref: "#/components/schemas/Iban" }], discriminator: { propertyName: kind, mapping: { card: "#/components/schemas/Card" } } } } } }
        "202": { description: ok, content: { application/json: { schema: { allOf: [{ $ref: "#/components/schemas/Base" }, { $ref: "#/components/schemas/Account" }] } } } }
        4XX: { description: refused }
`,
);
const { document, faults } = readOpenApi(file);
assert.deepEqual(faults, []);
assert.ok(document !== undefined);
const {
  operations: [operation],
  schemas,
} = document;
assert.ok(operation !== undefined);
const responses = compileResponses(operation);

function stripped(
  status: number,
  value: unknown,
): { readonly value: unknown; readonly stripped: readonly string[] } | undefined {
  const schema = responses.find(status, "application/json; charset=utf-8")?.schema;
  return compileStrip(schema, schemas)?.(value, []);
}

test("an answer loses what its schema does not declare, deep inside lists and recursion, and what is writeOnly", () => {
  const value = {
    id: "1",
    owner: "o",
    pin: "0000",
    hash: "x",
    history: [{ amount: 1, internal: true, related: [{ amount: 2, internal: 3 }] }, { amount: 2 }],
  };
  const kept = stripped(200, value);
  assert.deepEqual(kept?.value, {
    id: "1",
    owner: "o",
    history: [{ amount: 1, related: [{ amount: 2 }] }, { amount: 2 }],
  });
  assert.deepEqual(kept.stripped, [
    "/pin",
    "/hash",
    "/history/*/internal",
    "/history/*/related/*/internal",
  ]);
  assert.equal(stripped(200, { id: "1" }), undefined);
  assert.equal(value.hash, "x");
});

test("a discriminator chooses what may stand in an answer", () => {
  assert.deepEqual(stripped(201, { kind: "card", last4: "1234", iban: "NL" })?.value, {
    kind: "card",
    last4: "1234",
  });
  assert.deepEqual(stripped(201, { kind: "Iban", last4: "1234", iban: "NL" })?.value, {
    kind: "Iban",
    iban: "NL",
  });
  assert.equal(stripped(201, { kind: "other", last4: "1", iban: "N" }), undefined);
});

test("a property that two schemas restrict is shown to who may have it by both", () => {
  const { schema } = responses.find(202, "application/json") ?? {};
  const strip = compileStrip(schema, schemas, {
    Base: { kind: ["staff"] },
    Account: { kind: ["audit", "owner"] },
  });
  const shown = (...roles: string[]): unknown =>
    strip?.({ kind: "x" }, roles)?.value ?? { kind: "x" };
  assert.deepEqual(shown("staff", "owner"), { kind: "x" });
  for (const roles of [[], ["staff"], ["audit", "owner"]]) assert.deepEqual(shown(...roles), {});
});
