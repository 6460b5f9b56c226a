import assert from "node:assert/strict";
import { mkdtempSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import { readOpenApi } from "../../document/read-openapi.ts";
import { compileResponses } from "../../document/responses.ts";
import { SchemaCompiler } from "../../document/schema/compile-schema.ts";
import { isRefusal } from "../../facts/refusal.ts";
import { compileAnswerFits } from "./answer.ts";

const file = join(mkdtempSync(join(tmpdir(), "portcullis-answers-")), "openapi.yaml");
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
        4XX: { description: refused }
`,
);
const { document, faults } = readOpenApi(file);
assert.deepEqual(faults, []);
assert.ok(document !== undefined);
const [operation] = document.operations;
assert.ok(operation !== undefined);
const responses = compileResponses(operation);
const fits = compileAnswerFits(operation, responses, {
  responseSchemas: new SchemaCompiler(document.schemas, "response"),
} as Parameters<typeof compileAnswerFits>[2]);

type Known = Parameters<NonNullable<NonNullable<typeof fits>["body"]>>[0];

/** What is said of an answer: its head first, then its body. */
function said(status: number, contentType: string | undefined, value?: unknown): string {
  const head = {
    status,
    contentType,
    response: responses.find(status, contentType),
    bodyless: false,
    fields: [],
  };
  const known = { declaredAnswer: undefined } as Known;
  const outcome = fits?.head?.(known, head) ?? fits?.body?.(known, value, head);
  return typeof outcome === "object" && isRefusal(outcome) ? outcome.problem.code : "fits";
}

test("statuses and media types that the document does not name are told apart", () => {
  assert.equal(said(500, "application/json"), "response-undeclared");
  assert.equal(said(200, "text/html"), "response-undeclared");
  assert.equal(said(404, "text/html"), "fits");
  assert.equal(said(304, undefined), "fits");
});

test("an answer that does not fit its schema is said to be so", () => {
  assert.equal(said(200, "application/json", { id: "1" }), "response-invalid");
  assert.equal(said(200, "application/json", { id: "1", owner: "o" }), "fits");
});

test("one status and media type has one declared response", () => {
  assert.ok(responses.find(200, "application/json")?.schema !== undefined);
  assert.equal(responses.find(200, "application/json"), responses.find(200, "application/json"));
});
