import assert from "node:assert/strict";
import { test } from "node:test";
import { type Grant, GrantTable } from "@portcullis/guard/state";
import { answering } from "./answering.ts";
import { type Ask, plannedJourney } from "./planned-journey.ts";

const text = "{ type: string }";
const path = (name: string): string =>
  `parameters: [{ name: ${name}, in: path, required: true, schema: ${text} }]`;
const ok = 'responses: { "200": { description: ok } }';
const document = `openapi: 3.1.0
info: { title: Shared, version: v1 }
security: [{ token: [] }]
paths:
  /orders/{orderId}:
    ${path("orderId")}
    get: { operationId: getOrder, ${ok} }
    delete: { operationId: dropOrder, ${ok} }
  /orders/{orderId}/shares: { ${path("orderId")}, get: { operationId: sharesOf, ${ok} } }
  /orders: { get: { operationId: listOrders, ${ok} } }
  /people/{person}: { ${path("person")}, get: { operationId: getPerson, ${ok} } }
  /shares: { get: { operationId: listShares, ${ok} } }
  /files/{fileId}: { ${path("fileId")}, get: { operationId: getFile, ${ok} } }
  /notes/{orderId}: { ${path("orderId")}, get: { operationId: getNote, ${ok} } }
components: { securitySchemes: { token: { type: http, scheme: bearer } } }
`;
const policy = `portcullis: 1
mode: { default: enforce, response: off, request: observe, disclosure: off }
limits: { admission: off }
apis: [{ openapi: openapi.yaml, upstream: "http://127.0.0.1:9" }]
identity: { issuer: https://login.example, audience: x }
operations:
  - { match: getOrder, owner: { response: /ownerId, is: token.sub, granted: order } }
  - { match: dropOrder, owner: { lookup: getOrder, response: /ownerId, is: token.sub, granted: order } }
  - { match: listOrders, owner: { response: /*/ownerId, is: token.sub, granted: order } }
  - { match: getPerson, owner: { param: person, is: token.sub, granted: person } }
  - match: getFile
    owner:
      is: token.sub
      any:
        - { lookup: getOrder, with: { orderId: fileId }, response: /ownerId }
        - { grants: { operation: listShares, items: /shares, to: /to, by: /file, id: fileId, until: /until, may: { response: /may, equals: read } } }
  - match: getNote
    owner: { is: token.sub, any: [{ response: /ownerId }, { grants: { operation: sharesOf, to: /to } }] }
`;
const day = 86_400_000;
const grant = (from: string, to: string, more: Partial<Grant> = {}): Grant => ({
  kind: "order",
  from,
  to,
  object: undefined,
  methods: ["GET"],
  untilMs: Date.now() + day,
  ...more,
});
let said: Record<string, unknown> = {};
const backend = answering((_method, target) => ({ json: said[target] ?? {} }));
const table = new GrantTable();
const ask: Ask = await plannedJourney({ document, policy, backend, grants: table });

/** Who asks for what of ann's (and of others), and whether it passes under these grants. */
const rows: readonly (readonly [
  what: string,
  grants: readonly Grant[],
  request: string,
  user: string,
  passes: boolean,
])[] = [
  ["nothing is granted", [], "GET /orders/o-ann", "ben", false],
  ["the owner needs no grant", [], "GET /orders/o-ann", "ann", true],
  ["all of a kind", [grant("ann", "ben")], "GET /orders/o-ann", "ben", true],
  ["to another", [grant("ann", "cid")], "GET /orders/o-ann", "ben", false],
  ["from another", [grant("cid", "ben")], "GET /orders/o-ann", "ben", false],
  ["the other way round", [grant("ben", "ann")], "GET /orders/o-ann", "ben", false],
  ["of another kind", [grant("ann", "ben", { kind: "person" })], "GET /orders/o-ann", "ben", false],
  ["of this object", [grant("ann", "ben", { object: "o-ann" })], "GET /orders/o-ann", "ben", true],
  [
    "of another object",
    [grant("ann", "ben", { object: "o-2" })],
    "GET /orders/o-ann",
    "ben",
    false,
  ],
  ["to read alone", [grant("ann", "ben")], "DELETE /orders/o-ann", "ben", false],
  [
    "to delete",
    [grant("ann", "ben", { methods: ["DELETE"] })],
    "DELETE /orders/o-ann",
    "ben",
    true,
  ],
  [
    "to delete alone",
    [grant("ann", "ben", { methods: ["DELETE"] })],
    "GET /orders/o-ann",
    "ben",
    false,
  ],
  ["over", [grant("ann", "ben", { untilMs: Date.now() - 1 })], "GET /orders/o-ann", "ben", false],
  [
    "over beside one that holds",
    [grant("ann", "ben", { untilMs: 0 }), grant("ann", "ben")],
    "GET /orders/o-ann",
    "ben",
    true,
  ],
  ["a chain", [grant("ann", "cid"), grant("cid", "ben")], "GET /orders/o-ann", "ben", false],
  ["a circle", [grant("ben", "cid"), grant("cid", "ben")], "GET /orders/o-ann", "ben", false],
  ["a circle through oneself", [grant("ben", "ben")], "GET /orders/o-ann", "ben", false],
  [
    "an object that names no owner",
    [grant("", "ben"), grant("undefined", "ben")],
    "GET /orders/o-none",
    "ben",
    false,
  ],
  ["a list of own and granted", [grant("ann", "ben")], "GET /orders", "ben", true],
  [
    "a list, by a grant of one object",
    [grant("ann", "ben", { object: "o-ann" })],
    "GET /orders",
    "ben",
    false,
  ],
  ["a person", [grant("ann", "ben", { kind: "person" })], "GET /people/ann", "ben", true],
  ["a person, by a grant of orders", [grant("ann", "ben")], "GET /people/ann", "ben", false],
  [
    "a person alone",
    [grant("ann", "ben", { kind: "person", object: "ann" })],
    "GET /people/ann",
    "ben",
    true,
  ],
];

test("a grant lets one person use what is another's: this kind, these objects and methods, until its end, and no further", async () => {
  said = {
    "/orders/o-ann": { ownerId: "ann" },
    "/orders/o-none": { ownerId: null },
    "/orders": [{ ownerId: "ann" }, { ownerId: "ben" }],
  };
  for (const [what, grants, request, user, passes] of rows) {
    table.replace(grants);
    const [method = "", target = ""] = request.split(" ");
    const { code, status } = await ask(user, method, target);
    assert.equal(status, passes ? 200 : 404, `${what}: ${request} by ${user} is ${code}`);
  }
  table.replace([]);
});

const until = new Date(Date.now() + day).toISOString();
const share = (more: object = {}): object => ({
  file: "f-1",
  to: "ben",
  may: "read",
  until,
  ...more,
});

test("a share in the backend's own list must be for the caller, of the object, good for it and not over", async () => {
  const shares: readonly (readonly [shares: unknown, passes: boolean])[] = [
    [{ shares: [share()] }, true],
    [{ shares: [share({ to: "cid" }), share()] }, true],
    [{ shares: [share({ until: Date.now() / 1000 + 60 })] }, true],
    [{ shares: [share({ until: Date.now() + 60_000 })] }, true],
    [{ shares: [] }, false],
    [{ shares: [share({ to: "cid" })] }, false],
    [{ shares: [share({ file: "f-2" })] }, false],
    [{ shares: [share({ may: "list" })] }, false],
    [{ shares: [share({ until: "2020-01-01T00:00:00Z" })] }, false],
    [{ shares: [share({ until: "soon" })] }, false],
    [{ shares: [share({ until: null })] }, false],
    [{ shares: [share({ to: "cid", by: "ben" }), { file: "f-1", from: "cid", to: null }] }, false],
    [{ shares: [null, 7, "ben", ["ben"], {}] }, false],
    [{ shares: { 0: share() } }, false],
    [[share()], false],
    [{}, false],
    [{ shares: Array.from({ length: 1_000_000 }, () => 0) }, false],
  ];
  for (const [index, [list, passes]] of shares.entries()) {
    said = { "/orders/f-1": { ownerId: "ann" }, "/shares": list };
    const turned = ["X-Turn", String(index)];
    const { status } = await ask("ben", "GET", "/files/f-1", undefined, turned);
    assert.equal(status === 200, passes, JSON.stringify(list).slice(0, 200));
  }
});

test("a list of the object's own shares is a list of people", async () => {
  for (const [list, status] of [
    [[{ to: "ben" }], 200],
    [[{ to: "cid" }], 404],
    [[], 404],
  ] as const) {
    said = { "/notes/o-1": { ownerId: "ann" }, "/orders/o-1/shares": list };
    const got = await ask("ben", "GET", "/notes/o-1", undefined, ["X-Turn", JSON.stringify(list)]);
    assert.equal(got.status, status, JSON.stringify(list));
  }
});
