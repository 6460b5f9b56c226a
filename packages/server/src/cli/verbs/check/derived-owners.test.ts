import assert from "node:assert/strict";
import { mkdtempSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import { readOpenApi } from "@portcullis/guard/documents";
import { derivedOwners } from "./derived-owners.ts";

const ok = 'responses: { "200": { description: ok } }';
const path = (name: string): string =>
  `parameters: [{ name: ${name}, in: path, required: true, schema: { type: string } }]`;
const chooses = "parameters: [{ name: copy, in: query, schema: { type: string } }]";
const file = join(mkdtempSync(join(tmpdir(), "portcullis-derived-")), "openapi.yaml");
writeFileSync(
  file,
  `openapi: 3.1.0
info: { title: Derived, version: v1 }
security: [{ token: [] }]
paths:
  /orders: { get: { operationId: listOrders, ${ok} }, post: { operationId: addOrder, ${ok} } }
  /orders/{orderId}:
    ${path("orderId")}
    get: { operationId: getOrder, ${ok} }
    delete: { operationId: dropOrder, ${ok} }
    patch: { operationId: changeOrder, ${ok} }
  /orders/{orderId}/lines: { ${path("orderId")}, post: { operationId: addLine, ${ok} } }
  /orders/{orderId}/copies: { ${path("orderId")}, post: { operationId: copyOrder, ${chooses}, ${ok} } }
  /orders/{orderId}/hint: { ${path("orderId")}, get: { operationId: hint, security: [], ${ok} } }
  /ordersheets/{orderId}: { ${path("orderId")}, delete: { operationId: dropSheet, ${ok} } }
  /people/{userId}: { ${path("userId")}, get: { operationId: getPerson, ${ok} }, put: { operationId: putPerson, ${ok} } }
components: { securitySchemes: { token: { type: http, scheme: bearer } } }
`,
);
const { document } = readOpenApi(file);
const counted = { claim: "token.sub", some: false, equal: 50, other: 0, rule: "" };

test("what was counted at a GET is looked up for what stands at its path and below, where no other thing chooses the object", () => {
  assert.ok(document !== undefined);
  const derived = derivedOwners(
    [
      { ...counted, operation: "getOrder", place: "/ownerId" },
      { ...counted, operation: "listOrders", place: "/*/ownerId" },
      { ...counted, operation: "getPerson", place: "{userId}" },
    ],
    [document],
    (name) => name === "changeOrder",
  );
  assert.deepEqual(Object.fromEntries(derived.map(({ operation, rule }) => [operation, rule])), {
    dropOrder: "owner: { lookup: getOrder, response: /ownerId, is: token.sub }",
    addLine: "owner: { lookup: getOrder, response: /ownerId, is: token.sub }",
    putPerson: "owner: { param: userId, is: token.sub }",
  });
});
