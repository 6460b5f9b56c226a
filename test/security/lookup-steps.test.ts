import assert from "node:assert/strict";
import { beforeEach, test } from "node:test";
import type { Upstream } from "@portcullis/guard/upstream";
import { answering, type Said } from "./answering.ts";
import { type Ask, plannedJourney } from "./planned-journey.ts";

const text = "{ type: string }";
const path = (name: string): string =>
  `parameters: [{ name: ${name}, in: path, required: true, schema: ${text} }]`;
const ok = 'responses: { "200": { description: ok } }';
const document = `openapi: 3.1.0
info: { title: Steps, version: v1 }
security: [{ token: [] }]
paths:
  /orders/{orderId}: { ${path("orderId")}, get: { operationId: getOrder, ${ok} } }
  /restaurants/{restaurantId}: { ${path("restaurantId")}, get: { operationId: getRestaurant, ${ok} } }
  /comments: { get: { operationId: listComments, ${ok} } }
  /comments/{commentId}: { ${path("commentId")}, delete: { operationId: dropComment, ${ok} } }
  /refunds: { post: { operationId: refund, requestBody: { content: { application/json: { schema: { type: object, properties: { orderId: { type: string }, orderIds: { type: array, items: ${text} } } } } } }, ${ok} } }
  /settlements: { post: { operationId: settle, requestBody: { content: { application/json: { schema: { type: object, properties: { orderIds: { type: array, items: ${text} } } } } } }, ${ok} } }
  /exports: { post: { operationId: exportOrders, requestBody: { content: { application/json: { schema: { type: object, properties: { orderIds: { type: array, items: ${text} } } } } } }, ${ok} } }
components: { securitySchemes: { token: { type: http, scheme: bearer } } }
`;
const policy = (mode: string): string => `portcullis: 1
mode: { default: enforce, ownership: ${mode}, response: off, request: observe, disclosure: off }
limits: { admission: off }
apis: [{ openapi: openapi.yaml, upstream: "http://127.0.0.1:9" }]
identity: { issuer: https://login.example, audience: x }
operations:
  - match: refund
    owner: { lookup: [{ operation: getOrder, with: { orderId: /orderId } }, { operation: getRestaurant, with: { restaurantId: /restaurantId } }], response: /ownerId, is: token.sub }
  - match: dropComment
    owner: { lookup: listComments, find: { items: /comments, by: /id, id: commentId }, response: /author/id, is: token.sub }
  - match: exportOrders
    owner: { lookup: getOrder, with: { orderId: "/orderIds/*" }, response: /ownerId, is: token.sub, mostObjects: 3 }
  - match: settle
    owner: { lookup: [{ operation: getOrder, with: { orderId: "/orderIds/*" } }, { operation: getRestaurant, with: { restaurantId: "/kitchens/*" } }], response: /ownerId, is: token.sub, mostObjects: 3 }
`;

let said: Record<string, Said> = {};
let reached: string[] = [];
beforeEach(() => {
  said = {};
  reached = [];
});
const talking = answering((method, target) => {
  reached.push(`${method} ${target}`);
  return said[target] ?? { status: method === "GET" ? 404 : 200, json: {} };
});
/** Silent at restaurants whose name says so: the gate's way to it gives up after a while. */
const backend: Upstream = {
  forward(request, receiver) {
    if (!request.target.startsWith("/restaurants/slow")) return talking.forward(request, receiver);
    reached.push(`${request.method} ${request.target}`);
    setTimeout(() => receiver.onFault("upstream-timeout", "no answer in time"), 20);
    return { resume: () => undefined, abort: () => undefined };
  },
};
const open = (mode = "enforce"): Promise<Ask> =>
  plannedJourney({
    document,
    policy: policy(mode),
    backend,
  });
const ask = await open();
const observed = await open("observe");

let turn = 0;
/** Each time another order: what a lookup has told is remembered for a while. */
const refund = async (order: Said, restaurant: Said, by = ask): Promise<string> => {
  const id = `o-${(turn += 1)}`;
  const kitchen = `r-${turn}`;
  said = { [`/restaurants/${kitchen}`]: restaurant };
  const { json } = order;
  const named =
    typeof json === "object" && json !== null && "restaurantId" in json
      ? { ...order, json: { ...json, restaurantId: json.restaurantId ?? kitchen } }
      : order;
  said[`/orders/${id}`] = named;
  const { code, status } = await by("ann", "POST", "/refunds", { orderId: id });
  return code ?? String(status);
};
const order = { json: { restaurantId: undefined } };
const ofAnn = { json: { ownerId: "ann" } };

test("whose an order is may be told by the restaurant that the order names: one is asked after the other", async () => {
  assert.equal(await refund(order, ofAnn), "200");
  assert.deepEqual(reached, [
    `GET /orders/o-${turn}`,
    `GET /restaurants/r-${turn}`,
    "POST /refunds",
  ]);
  assert.equal(await refund(order, { json: { ownerId: "ben" } }), "object-not-yours");
});

test("a step that does not say decides nothing: what it cannot tell is refused, and only recorded where ownership is observed", async () => {
  const rows: readonly (readonly [first: Said, second: Said, code: string])[] = [
    [{ status: 404 }, ofAnn, "object-not-yours"],
    [{ status: 500 }, ofAnn, "owner-unknown"],
    [{ status: 302, headers: ["Location", "/orders/1"] }, ofAnn, "owner-unknown"],
    [order, { status: 404 }, "object-not-yours"],
    [order, { status: 500 }, "owner-unknown"],
    [order, { status: 302, headers: ["Location", "/x"] }, "owner-unknown"],
    [order, { json: {} }, "object-not-yours"],
    [order, { json: [] }, "object-not-yours"],
    [order, { json: null }, "object-not-yours"],
    ...["..", ".", "", null, [], {}, true, 2 ** 60, ["r-1"]].map(
      (restaurantId): readonly [Said, Said, string] => [
        { json: { restaurantId: restaurantId ?? {} } },
        ofAnn,
        "object-not-yours",
      ],
    ),
    [{ json: {} }, ofAnn, "object-not-yours"],
    [{ json: [] }, ofAnn, "object-not-yours"],
    [{ json: null }, ofAnn, "object-not-yours"],
  ];
  for (const [first, second, code] of rows) {
    reached = [];
    const what = JSON.stringify([first, second]);
    assert.equal(await refund(first, second), code, what);
    assert.ok(!reached.includes("POST /refunds"), what);
    assert.equal(await refund(first, second, observed), "200", what);
  }
});

test("a step that is not answered in time refuses, and is only recorded where ownership is observed", async () => {
  const slow = { json: { restaurantId: "slow-1" } };
  assert.equal(await refund(slow, ofAnn), "owner-unknown");
  assert.ok(!reached.includes("POST /refunds"));
  assert.equal(await refund(slow, ofAnn, observed), "200");
});

test("the record of a refusal names the rule that refuses, and none where nothing does", async () => {
  const rules = async (ownerId: string): Promise<readonly string[]> => {
    said = { "/comments": { json: { comments: [comment(7, ownerId)] } } };
    const fresh = await open();
    return (await fresh("ann", "DELETE", "/comments/7")).rules;
  };
  assert.deepEqual(await rules("ben"), ["listComments/comments/(by /id)/author/id is token.sub"]);
  assert.deepEqual(await rules("ann"), []);
});

test("what an answer names is one segment of the next path, however it is spelled", async () => {
  said = { "/restaurants/..%2Fmine": { json: { ownerId: "ben" } } };
  assert.equal(await refund({ json: { restaurantId: "../mine" } }, ofAnn), "object-not-yours");
  assert.ok(reached.includes("GET /restaurants/..%2Fmine"));
});

const drop = async (comments: unknown, id = "7", by = ask): Promise<string> => {
  said = { "/comments": { json: comments } };
  const { code, status } = await by("ann", "DELETE", `/comments/${id}`);
  return code ?? String(status);
};
const comment = (id: unknown, author: unknown): unknown => ({ id, author: { id: author } });

test("an object without a GET of its own is found in a list, by its id, and is its author's alone", async () => {
  const rows: readonly (readonly [comments: unknown, id: string, code: string])[] = [
    [{ comments: [comment(1, "ben"), comment(7, "ann")] }, "7", "200"],
    [{ comments: [comment("7", "ann")] }, "7", "200"],
    [{ comments: [comment(7, "ben"), comment(1, "ann")] }, "7", "object-not-yours"],
    // Of two with one id both must be the caller's: nobody can tell which is meant.
    [{ comments: [comment(7, "ann"), comment("7", "ben")] }, "7", "object-not-yours"],
    [{ comments: [comment("07", "ann"), comment(70, "ann")] }, "7", "object-not-yours"],
    [{ comments: [] }, "7", "object-not-yours"],
    [{ comments: [null, "7", ["7"], { id: { id: 7 } }] }, "7", "object-not-yours"],
    [{ comments: [{ id: 7 }] }, "7", "object-not-yours"],
    [{ comments: [comment(2 ** 60, "ann")] }, String(2 ** 60), "object-not-yours"],
    [{ comments: { 0: comment(7, "ann") } }, "7", "owner-unknown"],
    [{ comments: null }, "7", "owner-unknown"],
    [{}, "7", "owner-unknown"],
    [[comment(7, "ann")], "7", "owner-unknown"],
  ];
  for (const [comments, id, code] of rows) {
    const fresh = await open();
    assert.equal(await drop(comments, id, fresh), code, JSON.stringify(comments));
  }
});

test("a list that is too long to be searched is refused, and the record says so", async () => {
  for (const comments of [
    Array.from({ length: 1_000_000 }, () => 1),
    [...Array.from({ length: 10_000 }, () => 1), comment(7, "ann")],
  ]) {
    const fresh = await open();
    assert.equal(await drop({ comments }, "7", fresh), "owner-unknown");
    assert.ok(!reached.includes("DELETE /comments/7"));
  }
  const most = [...Array.from({ length: 9_999 }, () => 1), comment(7, "ann")];
  assert.equal(await drop({ comments: most }, "7", await open()), "200");
});

test("a request may name so many different objects and no more, and one that is named twice counts once", async () => {
  for (const id of ["a", "b", "c", "d"]) said[`/orders/${id}`] = ofAnn;
  const named = async (orderIds: readonly string[], by = ask): Promise<string> => {
    reached = [];
    const { code, status } = await by("ann", "POST", "/exports", { orderIds });
    return code ?? String(status);
  };
  assert.equal(await named(["a", "b", "a", "c", "b", "a"]), "200");
  assert.deepEqual(reached, ["GET /orders/a", "GET /orders/b", "GET /orders/c", "POST /exports"]);
  assert.equal(await named(["e", "f", "g", "h"]), "too-many-objects");
  assert.deepEqual(reached, []);
  assert.equal(await named(["e", "f", "g", "h"], observed), "200");
});

test("what answers name is bounded as what requests name, and an answer that names nothing decides nothing", async () => {
  const settle = async (kitchens: Readonly<Record<string, readonly string[]>>): Promise<string> => {
    said = {};
    for (const [id, names] of Object.entries(kitchens)) {
      said[`/orders/${id}`] = { json: { kitchens: names } };
      for (const name of names) said[`/restaurants/${name}`] = ofAnn;
    }
    reached = [];
    const orderIds = Object.keys(kitchens);
    const { code, status } = await ask("ann", "POST", "/settlements", { orderIds });
    return code ?? String(status);
  };
  assert.equal(await settle({ s1: ["k1", "k2"], s2: ["k3"] }), "200");
  assert.equal(await settle({ s3: ["k4", "k4", "k5", "k5", "k6"] }), "200");
  assert.equal(await settle({ s4: [] }), "object-not-yours");
  assert.equal(await settle({ s5: ["k1"], s6: [] }), "object-not-yours");
  assert.equal(await settle({ s7: ["l1", "l2", "l3", "l4"] }), "too-many-objects");
  assert.deepEqual(reached, ["GET /orders/s7"]);
  const many = { t1: ["m1", "m2", "m3"], t2: ["m4", "m5", "m6"], t3: ["m7", "m8", "m9"] };
  assert.equal(await settle(many), "too-many-objects");
  assert.ok(reached.length <= 6, String(reached.length));
});

test("a list that is the whole answer is searched as one that stands in it, and an answer of another form is none", async () => {
  const whole = await plannedJourney({
    document,
    policy: policy("enforce").replace("items: /comments, ", ""),
    backend,
  });
  const rows: readonly (readonly [unknown, number])[] = [
    [[{ id: "c-1", author: { id: "ann" } }], 200],
    [[{ id: "c-1", author: { id: "ben" } }], 404],
    [[{ id: "c-2", author: { id: "ann" } }], 404],
    [[], 404],
    [{ comments: [] }, 503],
    [Array.from({ length: 1_000_000 }, () => 0), 503],
  ];
  for (const [json, status] of rows) {
    said = { "/comments": { json } };
    const turned = ["X-Turn", String((turn += 1))];
    const got = await whole("ann", "DELETE", "/comments/c-1", undefined, turned);
    assert.equal(got.status, status, JSON.stringify(json).slice(0, 80));
  }
});
