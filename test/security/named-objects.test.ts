import assert from "node:assert/strict";
import { test } from "node:test";
import { IdSealer } from "@portcullis/guard/authorization/sealed-ids";
import type { Upstream } from "@portcullis/guard/upstream";
import { plannedJourney } from "./planned-journey.ts";

/** Objects are named `ann-1`, after their owner. What the backend was asked for is all that is kept. */
let reached: string[] = [];
let sentBody = "";
const backend: Upstream = {
  forward(request, receiver) {
    reached.push(`${request.method} ${request.target}`);
    sentBody = Buffer.isBuffer(request.body) ? request.body.toString() : "";
    const id = decodeURIComponent(/^\/accounts\/([^/?]+)/.exec(request.target)?.[1] ?? "x-1");
    const status = id.startsWith("nobody") ? 404 : id.startsWith("secret") ? 403 : 200;
    receiver.onHead(status, ["Content-Type", "application/json"]);
    receiver.onData(Buffer.from(JSON.stringify(status === 200 ? { owner: id.split("-")[0] } : {})));
    receiver.onEnd([]);
    return { resume: () => undefined, abort: () => undefined };
  },
};

const text = "{ type: string }";
const list = "{ type: array, items: { type: string } }";
const answers = 'responses: { "200": { description: ok } }';
const document = `openapi: 3.1.0
info: { title: Named, version: v1 }
security: [{ token: [] }]
paths:
  /accounts/{accountId}:
    parameters: [{ name: accountId, in: path, required: true, schema: ${text} }]
    get: { operationId: getAccount, responses: { "200": { description: ok, content: { application/json: { schema: { $ref: "#/components/schemas/Account" } } } } } }
    delete: { operationId: closeAccount, ${answers} }
  /statements: { get: { operationId: statements, parameters: [{ name: customer, in: query, required: true, schema: ${text} }, { name: page, in: query, schema: ${text} }], ${answers} } }
  /cards: { get: { operationId: cards, parameters: [{ name: accountIds, in: query, required: true, explode: false, schema: ${list} }], ${answers} } }
  /loans: { get: { operationId: loans, parameters: [{ name: accountId, in: query, required: true, schema: ${list} }], ${answers} } }
  /tenants: { get: { operationId: tenants, parameters: [{ name: X-Customer, in: header, required: true, schema: ${text} }], ${answers} } }
  /transfers: { post: { operationId: transfers, requestBody: { content: { application/json: { schema: { type: object, properties: { from: ${text}, to: { type: array, items: { type: object, properties: { accountId: ${text} } } } } } } } }, ${answers} } }
  /searches: { get: { operationId: searches, parameters: [{ name: customer, in: query, schema: ${text} }], ${answers} } }
  /profiles: { patch: { operationId: patchProfile, requestBody: { content: { application/json-patch+json: { schema: { type: array } }, application/json: { schema: { $ref: "#/components/schemas/Account" } } } }, ${answers} } }
  /orders: { post: { operationId: order, requestBody: { content: { application/json: { schema: { $ref: "#/components/schemas/Order" } }, application/x-www-form-urlencoded: { schema: { $ref: "#/components/schemas/Order" } }, multipart/form-data: { schema: { $ref: "#/components/schemas/Order" } }, image/png: {} } }, ${answers} } }
  /combined: { post: { operationId: combined, parameters: [{ name: customer, in: query, schema: ${text} }], requestBody: { content: { application/json: { schema: { type: object, properties: { customer: ${text} } } } } }, ${answers} } }
  /batches: { post: { operationId: batch, requestBody: { content: { application/json: { schema: { type: object, properties: { requests: { type: array, items: { type: object, properties: { method: ${text}, path: ${text} } } } } } } } }, ${answers} } }
  /allowed-batches: { post: { operationId: allowedBatch, requestBody: { content: { application/json: { schema: { type: array, items: { type: object, properties: { method: ${text}, url: ${text} } } } } } }, ${answers} } }
components: { securitySchemes: { token: { type: http, scheme: bearer } }, schemas: { Order: { type: object, properties: { accountId: ${text}, others: ${list}, note: ${text} } }, Account: { type: object, properties: { id: { type: string }, owner: { type: string }, next: { type: string } } } } }
`;
const policy = (more: string, sealed = ""): string => `portcullis: 1
mode: { default: enforce, request: observe }
limits: { admission: off }
apis: [{ openapi: openapi.yaml, upstream: "http://127.0.0.1:9" }]
identity: { issuer: https://login.example, audience: x }
${sealed}
operations:
${more}`;
const rules = `
  - { match: statements, owner: { param: customer, is: token.sub } }
  - { match: [cards], owner: { lookup: getAccount, with: { accountId: accountIds }, response: /owner, is: token.sub } }
  - { match: [loans], owner: { lookup: getAccount, response: /owner, is: token.sub } }
  - { match: tenants, owner: { param: X-Customer, is: token.sub } }
  - { match: transfers, owner: { all: [{ body: /from, optional: true }, { lookup: getAccount, with: { accountId: "/to/*/accountId" }, response: /owner, optional: true }], is: token.sub } }
  - { match: searches, owner: { param: customer, is: token.sub, optional: true } }
  - { match: allowedBatch, carriesRequests: true }
`;

const ask = await plannedJourney({ document, policy: policy(rules), backend });
const status = async (method: string, target: string, json?: unknown, headers?: readonly string[]): Promise<number> => {
  reached = [];
  return (await ask("ann", method, target, json, headers)).status;
};

test("who is named in a query must be the caller, however the name and the value are spelled", async () => {
  assert.equal(await status("GET", "/statements?customer=ann&page=2"), 200);
  assert.equal(await status("GET", "/statements?c%75stomer=%61nn"), 200);
  for (const query of ["", "?page=1", "?customer=ben", "?customer=", "?customer=ann&customer=ben", "?customer=ben&customer=ann", "?customer=ann&c%75stomer=ben", "?customer=ann&Customer=ben", "?customer=ann&customer[]=ben", "?customer=ann&customer[0]=ben", "?customer=ann&customer%5B%5D=ben", "?customer=ann;customer=ben", "?customer=ann&%=x", "?customer=ann,ben", "?customer=ann%00", "?customer[]=ann"]) {
    assert.equal(await status("GET", `/statements${query}`), 404, query);
    assert.deepEqual(reached, [], query);
  }
});

test("every id of a list in the query is looked up, and one foreign among them is enough", async () => {
  assert.equal(await status("GET", "/cards?accountIds=ann-1,ann-2"), 200);
  assert.deepEqual(reached, ["GET /accounts/ann-1", "GET /accounts/ann-2", "GET /cards?accountIds=ann-1,ann-2"]);
  assert.equal(await status("GET", "/loans?accountId=ann-1&accountId=ann-3"), 200);
  for (const target of ["/cards?accountIds=ann-1,ben-1", "/cards?accountIds=ann-1%2Cben-1", "/cards?accountIds=ann-1,", "/cards?accountIds=", "/cards?accountIds=ann-1,..%2Fx", "/cards?accountIds=ann-1&accountIds=ben-1", "/loans?accountId=ann-1&accountId=ben-1", "/loans?accountId=ann-1&accountId[1]=ben-1", "/loans"]) {
    assert.equal(await status("GET", target), 404, target);
    assert.ok(!reached.some((one) => one.startsWith("GET /cards") || one.startsWith("GET /loans")), target);
  }
});

test("who is named in a header must be the caller, once", async () => {
  assert.equal(await status("GET", "/tenants", undefined, ["x-customer", "ann"]), 200);
  for (const headers of [[], ["X-Customer", "ben"], ["X-Customer", "ann", "x-customer", "ben"], ["X-Customer", "ann, ben"], ["X-Customer", ""]]) assert.equal(await status("GET", "/tenants", undefined, headers), 404, headers.join());
});

test("what a request may leave out is judged where it is there, and in no other form", async () => {
  for (const body of [{}, { from: "ann" }, { from: "ann", to: [] }, { to: [{ accountId: "ann-1" }, {}] }]) assert.equal(await status("POST", "/transfers", body), 200, JSON.stringify(body));
  for (const body of [{ from: "ben" }, { from: null }, { from: ["ann"] }, { from: { sub: "ann" } }, { from: "" }, { from: "ann", From: "ben" }, { FROM: "ben" }, { "from[]": "ben" }, { to: [{ accountId: "ann-1", accountid: "ben-1" }] }, { to: { accountId: "ben-1" } }, { to: "ben-1" }, { to: [{ accountId: "ann-1" }, { accountId: "ben-1" }] }, { to: [{ accountId: null }] }, { to: [[]] }, null, [], "x"]) assert.equal(await status("POST", "/transfers", body), 404, JSON.stringify(body));
  assert.equal(await status("GET", "/searches"), 200);
  assert.equal(await status("GET", "/searches?customer=ann"), 200);
  for (const query of ["?customer=ben", "?customer=", "?CUSTOMER=ben", "?customer[]=ben"]) assert.equal(await status("GET", `/searches${query}`), 404, query);
});

test("a key that stands twice in the body, or an id in query and body at once, is judged in both places or not passed", async () => {
  const twice = async (body: string): Promise<number> => (await ask("ann", "POST", "/transfers", body, ["Content-Type", "application/json"])).status;
  reached = [];
  for (const body of ['{"from":"ann","from":"ben"}', '{"from":"ben","from":"ann"}', '{"from":"ann","fr\\u006fm":"ben"}']) assert.equal(await twice(body), 404, body);
  assert.deepEqual(reached, []);
  const both = await plannedJourney({ document, policy: policy("  - { match: combined, owner: { all: [{ param: customer, optional: true }, { body: /customer, optional: true }], is: token.sub } }"), backend });
  const send = async (query: string, body: unknown): Promise<number> => (await both("ann", "POST", `/combined${query}`, body)).status;
  assert.equal(await send("?customer=ann", { customer: "ann" }), 200);
  for (const [query, body] of [["?customer=ann", { customer: "ben" }], ["?customer=ben", { customer: "ann" }], ["?customer=ben", {}], ["", { customer: "ben" }]] as const) assert.equal(await send(query, body), 404, `${query} ${JSON.stringify(body)}`);
});

test("a list without end is not judged for ever", async () => {
  assert.equal(await status("POST", "/transfers", { to: Array.from({ length: 20_000 }, () => ({ accountId: "ann-1" })) }), 404);
  assert.deepEqual(reached, []);
  const shown = await plannedJourney({ document, policy: policy("  - { match: transfers, owner: { body: \"/to/*/accountId\", is: token.sub } }"), backend });
  assert.equal((await shown("ann", "POST", "/transfers", { to: Array.from({ length: 1000 }, () => ({ accountId: "ann" })) })).status, 200);
  assert.equal((await shown("ann", "POST", "/transfers", { to: Array.from({ length: 1001 }, () => ({ accountId: "ann" })) })).status, 404);
});

test("a body that the gate did not read is not taken for one without the object", async () => {
  reached = [];
  const got = await ask("ann", "POST", "/transfers", undefined, ["Content-Type", "application/octet-stream", "Content-Length", "16"]);
  assert.equal(got.status, 404);
  assert.deepEqual(reached, []);
});

test("what a role may not write is not written by a JSON Patch either, by its path or in its value", async () => {
  const patchAsk = await plannedJourney({ document, policy: `${policy("  - { match: '*', owner: none }")}\nwritable: { Account/owner: [support] }\n`, backend });
  const patch = async (body: unknown, type = "application/json-patch+json"): Promise<string | number> => {
    const got = await patchAsk("ann", "PATCH", "/profiles", body, type === "" ? [] : ["X-Kind", type]);
    return got.code ?? got.status;
  };
  assert.equal(await patch({ id: "x" }), 200);
  for (const body of [{ owner: "ben" }, { Owner: "ben" }, { "owner[]": "ben" }, { id: "x", nested: [{ OWNER: "ben" }] }]) assert.equal(await patch(body), "property-forbidden", JSON.stringify(body));
  assert.equal(await patch([{ op: "replace", path: "/id", value: "x" }]), 200);
  for (const one of [{ op: "replace", path: "/owner", value: "ben" }, { op: "add", path: "", value: { owner: "ben" } }, { op: "move", from: "/id", path: "/owner" }, { op: "add", path: "/list/0", value: [{ deep: { owner: "ben" } }] }, { op: "add", path: "/owner/0", value: 1 }]) assert.equal(await patch([{ op: "test", path: "/id", value: "x" }, one]), "property-forbidden", JSON.stringify(one));
});

test("a body that carries requests of its own is closed, until the policy says that the backend judges them", async () => {
  const refused = await ask("ann", "POST", "/batches", { requests: [{ method: "GET", path: "/accounts/ben-1" }] });
  assert.deepEqual([refused.status, refused.code], [403, "rule-missing"]);
  assert.equal(await status("POST", "/allowed-batches", [{ method: "GET", url: "/accounts/ben-1" }]), 200);
});

test("sealed ids open in lists of the query, and no spelling of the name brings a raw id past the seal", async () => {
  const sealingKey = Buffer.alloc(32, 7);
  const sealer = new IdSealer([sealingKey]);
  const sealedAsk = await plannedJourney({ document, policy: policy("  - { match: '*', owner: none }", "sealedIds: { account: { parameters: [accountId, accountIds], properties: [Account/id] }, cursor: { parameters: [page], properties: [Account/next] } }\nsealingKeys: [{ env: KEY }]"), backend, sealingKey });
  const handle = (id: string): string => sealer.seal("account", "=ann", id);
  const open = async (target: string): Promise<string> => {
    reached = [];
    const got = await sealedAsk("ann", "GET", target);
    return got.status === 200 ? (reached[0] ?? "") : String(got.status);
  };
  assert.equal(await open(`/accounts/${handle("ann-1")}`), "GET /accounts/ann-1");
  assert.equal(await open(`/cards?accountIds=${handle("ann-1")},${handle("ann/2")}`), "GET /cards?accountIds=ann-1,ann%2F2");
  assert.equal(await open(`/cards?accountIds=${handle("ann-1")}%2C${handle("ann-2")}`), "GET /cards?accountIds=ann-1,ann-2");
  assert.equal(await open(`/loans?accountId=${handle("ann-1")}&accountId=${handle("ann-2")}`), "GET /loans?accountId=ann-1&accountId=ann-2");
  assert.equal(await open(`/loans?&account%49d=${handle("ann-1")}&`), "GET /loans?accountId=ann-1");
  for (const target of ["/accounts/ben-1", "/cards?accountIds=ben-1", `/cards?accountIds=${handle("ann-1")},ben-1`, "/cards?account%49ds=ben-1", "/cards?AccountIds=ben-1", "/cards?accountIds[]=ben-1", `/cards?accountIds=${handle("ann-1")}&account%49ds=ben-1`, "/loans?accountId=%", `/loans?accountId=${handle("ann-1")}&%61ccountId=ben-1`, "/loans?accountId"]) assert.equal(await open(target), "404", target);
  const cursor = (kind: string, reader: string): string => sealer.seal(kind, reader, "17");
  assert.equal(await open(`/statements?customer=ann&page=${cursor("cursor", "=ann")}`), "GET /statements?customer=ann&page=17");
  for (const page of ["17", cursor("cursor", "=ben"), cursor("account", "=ann"), `${cursor("cursor", "=ann").slice(0, -2)}AA`, cursor("cursor", "=ann").slice(0, 24)]) assert.equal(await open(`/statements?customer=ann&page=${page}`), "404", `a cursor that was made up, or is another's: ${page}`);
});

test("sealed ids open in JSON and in forms, under no other spelling, and in no body that is not read", async () => {
  const sealingKey = Buffer.alloc(32, 7);
  const sealer = new IdSealer([sealingKey]);
  const sealedAsk = await plannedJourney({ document, policy: policy("  - { match: '*', owner: none }", "sealedIds: { account: { parameters: [accountId], properties: [Account/id, Order/accountId, Order/others] } }\nsealingKeys: [{ env: KEY }]"), backend, sealingKey });
  const handle = (id: string): string => sealer.seal("account", "=ann", id);
  const send = async (body: string | object, type = "application/json"): Promise<string> => {
    sentBody = "";
    const bytes = typeof body === "string" ? body : JSON.stringify(body);
    const { status: answered } = await sealedAsk("ann", "POST", "/orders", bytes, ["Content-Type", type]);
    return answered === 200 ? sentBody : String(answered);
  };
  const form = "application/x-www-form-urlencoded";
  assert.equal(await send({ accountId: handle("ann-1"), others: [handle("ann-2")], note: "n" }), '{"accountId":"ann-1","others":["ann-2"],"note":"n"}');
  assert.equal(await send(`note=a+b%26&accountId=${handle("ann/1")}&others=${handle("ann-2")}&others=${handle("ann-3")}`, form), "note=a+b%26&accountId=ann%2F1&others=ann-2&others=ann-3");
  for (const body of [{ accountId: "ben-1" }, { AccountId: "ben-1" }, { "accountId[]": "ben-1" }, { accountId: handle("ann-1"), ACCOUNTID: "ben-1" }, { others: [handle("ann-1"), "ben-1"] }, { accountId: 7 }]) assert.equal(await send(body), "404", JSON.stringify(body));
  for (const body of ["accountId=ben-1", "account%49d=ben-1", "AccountID=ben-1", `accountId=${handle("ann-1")}&accountId[]=ben-1`, `others=${handle("ann-1")}&others=ben-1`]) assert.equal(await send(body, form), "404", body);
  assert.equal(await send('--b\r\nContent-Disposition: form-data; name="accountId"\r\n\r\nben-1\r\n--b--\r\n', "multipart/form-data; boundary=b"), "404");
  assert.equal(await send("PNG", "image/png"), "", "what is no place for an id passes");
});

test("where existence is hidden, unknown, forbidden and not-yours are one answer, and the record tells them apart", async () => {
  const hidingAsk = await plannedJourney({ document, policy: policy("  - { match: [getAccount], hide: { existence: 5ms }, owner: { response: /owner, is: token.sub } }\n  - { match: closeAccount, hide: { existence: 5ms }, allow: { roles: [teller] }, owner: none }"), backend });
  const bodies = new Set<string>();
  const codes: (string | undefined)[] = [];
  for (const [method, id] of [["GET", "nobody-1"], ["GET", "secret-1"], ["GET", "ben-1"], ["DELETE", "ann-1"]] as const) {
    const got = await hidingAsk("ann", method, `/accounts/${id}`);
    assert.equal(got.status, 404, id);
    bodies.add(got.body.replace(/"traceId":"[^"]*"/, ""));
    codes.push(got.code);
  }
  assert.equal(bodies.size, 1);
  assert.deepEqual(codes, [undefined, undefined, "object-not-yours", "role-insufficient"]);
  assert.equal((await hidingAsk("ann", "GET", "/accounts/ann-1")).status, 200);
});
