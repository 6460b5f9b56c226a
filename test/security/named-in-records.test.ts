import assert from "node:assert/strict";
import { mkdtempSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import { compileHashName, type NameKind, recordLine } from "@portcullis/guard/records";
import { keyedRecordSecret } from "../../packages/server/src/keys/record-secret.ts";
import { createSealing, sealingKeys } from "../../packages/server/src/store/sealing.ts";
import { answering } from "./answering.ts";
import { type Ask, plannedJourney, recordSecret } from "./planned-journey.ts";

const text = "{ type: string }";
const path = (...names: string[]): string =>
  `parameters: [${names.map((name) => `{ name: ${name}, in: path, required: true, schema: ${text} }`).join(", ")}]`;
const ok = 'responses: { "200": { description: ok } }';
const ids = `requestBody: { content: { application/json: { schema: { type: object, properties: { orderIds: { type: array, items: ${text} } } } } } }`;
const document = `openapi: 3.1.0
info: { title: Names, version: v1 }
security: [{ token: [] }]
paths:
  /users/{userId}/orders/{orderId}: { ${path("userId", "orderId")}, get: { operationId: ordersOf, ${ok} } }
  /orders/{orderId}: { ${path("orderId")}, get: { operationId: getOrder, ${ok} }, delete: { operationId: dropOrder, ${ok} } }
  /kitchens/{kitchenId}: { ${path("kitchenId")}, get: { operationId: getKitchen, ${ok} } }
  /orders/{orderId}/invoice: { ${path("orderId")}, get: { operationId: getInvoice, ${ok} } }
  /comments/{commentId}: { ${path("commentId")}, delete: { operationId: dropComment, ${ok} } }
  /comments: { get: { operationId: listComments, ${ok} } }
  /exports: { post: { operationId: exportOrders, ${ids}, ${ok} } }
  /shared/{fileId}: { ${path("fileId")}, get: { operationId: getShared, ${ok} } }
components: { securitySchemes: { token: { type: http, scheme: bearer } } }
`;
const policy = `portcullis: 1
mode: { default: enforce, response: off, request: observe, disclosure: off }
limits: { admission: off }
apis: [{ openapi: openapi.yaml, upstream: "http://127.0.0.1:9" }]
identity: { issuer: https://login.example, audience: x }
decisionPoints: { pdp: { url: "https://pdp.example/", form: authzen } }
operations:
  - { match: ordersOf, owner: { param: userId, is: token.sub } }
  - { match: getOrder, owner: { response: /ownerId, is: token.number } }
  - { match: dropOrder, owner: { lookup: getOrder, response: /ownerId, is: token.number } }
  - { match: exportOrders, owner: { lookup: getOrder, with: { orderId: "/orderIds/*" }, response: /ownerId, is: token.number } }
  - match: getInvoice
    owner: { lookup: [{ operation: getOrder }, { operation: getKitchen, with: { kitchenId: /kitchenId } }], response: /ownerId, is: token.sub }
  - match: dropComment
    owner: { lookup: listComments, find: { items: /comments, by: /id, id: commentId }, response: /author, is: token.sub }
  - { match: getShared, owner: { relation: { at: pdp, action: read, resource: file, id: fileId }, is: token.sub } }
`;
const said: Record<string, unknown> = {
  "/orders/own-order": { ownerId: 1001, kitchenId: "far-kitchen" },
  "/orders/far-order": { ownerId: 1002, kitchenId: "far-kitchen" },
  "/kitchens/far-kitchen": { ownerId: "ben-the-cook" },
  "/comments": { comments: [{ id: "far-comment", author: "ben-the-cook" }] },
};
const ask = await plannedJourney({
  document,
  policy,
  backend: answering((_method, target) => ({ json: said[target] ?? {} })),
  claimsOf: () => ({ number: 1001 }),
  decisionPoint: () => Promise.resolve(false),
});
const hashes = compileHashName(recordSecret);
const hash = (kind: NameKind, id: string): string => hashes(kind, id, Date.now());

/** What is asked, and what the record must name: objects, owners, and who asked. */
const rows: readonly (readonly [
  method: string,
  target: string,
  body: unknown,
  objects: readonly string[],
  owners: readonly string[],
  caller: string,
])[] = [
  [
    "GET",
    "/users/ben-the-cook/orders/far-order",
    undefined,
    ["ben-the-cook"],
    ["ben-the-cook"],
    "ann-the-cook",
  ],
  ["GET", "/orders/far-order", undefined, ["far-order"], ["1002"], "1001"],
  ["GET", "/orders/far%2Dorder", undefined, ["far-order"], ["1002"], "1001"],
  ["DELETE", "/orders/far-order", undefined, ["far-order"], ["1002"], "1001"],
  ["POST", "/exports", { orderIds: ["own-order", "far-order"] }, ["far-order"], ["1002"], "1001"],
  ["GET", "/orders/own-order/invoice", undefined, ["own-order"], ["ben-the-cook"], "ann-the-cook"],
  ["DELETE", "/comments/far-comment", undefined, ["far-comment"], ["ben-the-cook"], "ann-the-cook"],
  ["DELETE", "/comments/no-comment", undefined, ["no-comment"], [], "ann-the-cook"],
  ["GET", "/shared/far-file", undefined, ["far-file"], [], "ann-the-cook"],
];

test("the record of a refusal names the object, the rule, whose it was found to be and who asked, never plainly", async () => {
  for (const [method, target, body, objects, owners, caller] of rows) {
    const { record, status } = await ask("ann-the-cook", method, target, body);
    assert.ok(record !== undefined);
    assert.equal(status, 404, target);
    const [decided] = record.decisions;
    assert.equal(decided?.code, "object-not-yours", target);
    assert.ok((decided?.rule ?? "").length > 5, target);
    assert.deepEqual(
      decided?.objects,
      objects.map((one) => hash("object", one)),
      target,
    );
    assert.deepEqual(
      decided?.owners ?? [],
      owners.map((one) => hash("person", one)),
      target,
    );
    assert.equal(decided?.caller, hash("person", caller), target);
    const line = recordLine(record);
    for (const id of [...objects, ...owners, caller, "far-kitchen"])
      assert.ok(!line.includes(`"${id}`) && !line.includes(`/${id}`), `${target} tells ${id}`);
  }
});

test("what passes names nobody, and many objects are told by five", async () => {
  const passed = await ask("ann-the-cook", "GET", "/orders/own-order");
  assert.deepEqual([passed.status, passed.record?.decisions], [200, []]);
  const orderIds = Array.from({ length: 21 }, (_, index) => `o-${index}`);
  const many = await ask("ann-the-cook", "POST", "/exports", { orderIds });
  assert.equal(many.record?.decisions[0]?.code, "too-many-objects");
  assert.equal(many.record?.decisions[0]?.objects?.length, 5);
});

const people = (record: string): Promise<Ask> =>
  plannedJourney({
    document,
    policy: policy
      .replace("apis:", `record: ${record}\napis:`)
      .replace("disclosure: off", "disclosure: off, binding: off"),
    backend: answering((_method, target) => ({ json: said[target] ?? {} })),
    claimsOf: () => ({ number: 1001, cnf: { jkt: "phone-7" } }),
    decisionPoint: () => Promise.resolve(false),
  });

test("whoever calls, the device and the address stand as pseudonyms, the same that refusals name people by", async () => {
  const asked = await people("{ fields: [subject, device, address] }");
  const { record } = await asked("ann-the-cook", "GET", "/users/ben-the-cook/orders/far-order");
  assert.ok(record !== undefined);
  assert.equal(record.subject, hash("person", "ann-the-cook"));
  assert.equal(record.subject, record.decisions[0]?.caller);
  assert.match(record.device ?? "", /^[\w-]{22}$/);
  assert.match(record.address ?? "", /^[\w-]{22}$/);
  for (const plain of ["ann-the-cook", "phone-7", "127.0.0.1", "192.0.2."])
    assert.ok(!recordLine(record).includes(plain), plain);
});

test("only a field that the policy calls plain, and says why, stands there as it is", async () => {
  const because = "our support asks by customer number";
  const asked = await people(
    `{ fields: [subject, device], plain: { fields: [subject], because: ${because} } }`,
  );
  const { record } = await asked("ann-the-cook", "GET", "/orders/own-order");
  assert.equal(record?.subject, "ann-the-cook");
  assert.match(record?.device ?? "", /^[\w-]{22}$/);
  await assert.rejects(people("{ fields: [device], plain: { fields: [subject], because: x } }"), {
    message: /no record holds subject/,
  });
  await assert.rejects(people("{ fields: [subject], plain: { fields: [subject] } }"), {
    message: /because/,
  });
});

test("the installation's key gives one hash after every start, another key another, and no key none", () => {
  const directory = mkdtempSync(join(tmpdir(), "portcullis-names-"));
  assert.equal(keyedRecordSecret(directory, {}), undefined);
  sealingKeys(directory, {});
  const [first, again] = [keyedRecordSecret(directory, {}), keyedRecordSecret(directory, {})];
  assert.ok(first !== undefined && again !== undefined);
  assert.equal(compileHashName(first)("object", "a", 0), compileHashName(again)("object", "a", 0));
  const named = keyedRecordSecret(directory, {
    PORTCULLIS_KEY: Buffer.alloc(32, 1).toString("base64"),
  });
  assert.ok(named !== undefined);
  assert.notEqual(
    compileHashName(named)("object", "a", 0),
    compileHashName(first)("object", "a", 0),
  );
  assert.notEqual(
    compileHashName(first)("person", "a", 0),
    compileHashName(first)("object", "a", 0),
  );
  const sealing = createSealing(sealingKeys(directory, {}));
  assert.notDeepEqual(Buffer.from(first), Buffer.from(sealing.derive("dpop-nonce", 32)));
});
