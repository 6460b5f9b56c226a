import assert from "node:assert/strict";
import { mkdtempSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import { readOpenApi } from "@portcullis/guard/documents";
import { loadPolicy } from "./load-policy.ts";
import { proposePolicy } from "./propose-policy.ts";

const text = "{ type: string }";
const directory = mkdtempSync(join(tmpdir(), "portcullis-proposals-"));
const file = join(directory, "openapi.yaml");
writeFileSync(
  file,
  `openapi: 3.1.0
info: { title: Proposed, version: v1 }
security: [{ token: [] }]
paths:
  /people/{userId}/mail: { get: { operationId: mail, parameters: [{ name: userId, in: path, required: true, schema: ${text} }], responses: {} } }
  /statements: { get: { operationId: statements, parameters: [{ name: customer_id, in: query, schema: ${text} }], responses: {} } }
  /orders: 
    get: { operationId: orders, responses: { "200": { description: ok, content: { application/json: { schema: { type: array, items: { $ref: "#/components/schemas/Order" } } } } } } }
    post: { operationId: order, requestBody: { content: { application/json: { schema: { type: object, required: [ownerId], properties: { ownerId: ${text} } } } } }, responses: {} }
  /orders/{orderId}:
    parameters: [{ name: orderId, in: path, required: true, schema: ${text} }]
    get: { operationId: getOrder, responses: { "200": { description: ok, content: { application/json: { schema: { $ref: "#/components/schemas/Order" } } } } } }
    delete: { operationId: dropOrder, responses: {} }
  /orders/{orderId}/lines: { post: { operationId: addLine, parameters: [{ name: orderId, in: path, required: true, schema: ${text} }], responses: {} } }
  /refunds: { post: { operationId: refund, requestBody: { content: { application/json: { schema: { type: object, properties: { orderId: ${text}, why: ${text} } } } } }, responses: {} } }
  /news: { get: { operationId: news, responses: { "200": { description: ok, content: { application/json: { schema: { type: object, properties: { title: ${text} } } } } } } } }
  /login: { post: { operationId: login, security: [], requestBody: { content: { application/json: { schema: { type: object, properties: { userId: ${text} } } } } }, responses: {} } }
components:
  securitySchemes: { token: { type: http, scheme: bearer } }
  schemas: { Order: { allOf: [{ type: object, properties: { id: ${text} } }, { type: object, properties: { customerId: ${text} } }] } }
`,
);

const { policy, proposals } = proposePolicy(
  [{ document: readOpenApi(file).document as never, file }],
  "http://127.0.0.1:9",
);

test("owners are proposed from paths, queries, answers, lists, bodies, and from the operation that names them, each with its reason", () => {
  const rules = Object.fromEntries(
    [...policy.matchAll(/# - match: (\S+)\n {2}# {3}owner: \{ (.+) \}$/gm)].map(
      ([, name = "", rule = ""]) => [name, rule],
    ),
  );
  assert.deepEqual(rules, {
    mail: "param: userId, is: token.sub",
    statements: "param: customer_id, is: token.sub, optional: true",
    orders: "response: /*/customerId, is: token.sub",
    order: "body: /ownerId, is: token.sub",
    getOrder: "response: /customerId, is: token.sub",
    dropOrder: "lookup: getOrder, response: /customerId, is: token.sub",
    addLine: "lookup: getOrder, response: /customerId, is: token.sub",
    refund: "lookup: getOrder, with: { orderId: /orderId }, response: /customerId, is: token.sub",
  });
  assert.ok(proposals.every(({ reason }) => reason.length > 20));
});

test("what is proposed is understood as it stands, once its marks are taken away", async () => {
  const taken = join(directory, "taken.yaml");
  writeFileSync(
    taken,
    policy
      .replaceAll("  # - match", "  - match")
      .replaceAll("  #   owner", "    owner")
      .replaceAll(/^# (identity:|  issuer:|  audience:)/gm, "$1"),
  );
  const { faults, plan } = await loadPolicy({ file: taken, environment: {}, flags: [] });
  assert.deepEqual(faults, []);
  assert.equal(
    plan?.apis[0]?.operations.filter(({ controls }) => controls.ownership.owners !== undefined)
      .length,
    8,
  );
});
