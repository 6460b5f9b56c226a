import assert from "node:assert/strict";
import { test } from "node:test";
import { backend, document, policy, seen } from "./objects.ts";
import { plannedJourney } from "./planned-journey.ts";

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
const status = async (
  method: string,
  target: string,
  json?: unknown,
  headers?: readonly string[],
): Promise<number> => {
  seen.reached = [];
  return (await ask("ann", method, target, json, headers)).status;
};

test("who is named in a query must be the caller, however the name and the value are spelled", async () => {
  assert.equal(await status("GET", "/statements?customer=ann&page=2"), 200);
  assert.equal(await status("GET", "/statements?c%75stomer=%61nn"), 200);
  for (const query of [
    "",
    "?page=1",
    "?customer=ben",
    "?customer=",
    "?customer=ann&customer=ben",
    "?customer=ben&customer=ann",
    "?customer=ann&c%75stomer=ben",
    "?customer=ann&Customer=ben",
    "?customer=ann&customer[]=ben",
    "?customer=ann&customer[0]=ben",
    "?customer=ann&customer%5B%5D=ben",
    "?customer=ann;customer=ben",
    "?customer=ann&%=x",
    "?customer=ann,ben",
    "?customer=ann%00",
    "?customer[]=ann",
  ]) {
    assert.equal(await status("GET", `/statements${query}`), 404, query);
    assert.deepEqual(seen.reached, [], query);
  }
});

test("every id of a list in the query is looked up, and one foreign among them is enough", async () => {
  assert.equal(await status("GET", "/cards?accountIds=ann-1,ann-2"), 200);
  assert.deepEqual(seen.reached, [
    "GET /accounts/ann-1",
    "GET /accounts/ann-2",
    "GET /cards?accountIds=ann-1,ann-2",
  ]);
  assert.equal(await status("GET", "/loans?accountId=ann-1&accountId=ann-3"), 200);
  for (const target of [
    "/cards?accountIds=ann-1,ben-1",
    "/cards?accountIds=ann-1%2Cben-1",
    "/cards?accountIds=ann-1,",
    "/cards?accountIds=",
    "/cards?accountIds=ann-1,..%2Fx",
    "/cards?accountIds=ann-1&accountIds=ben-1",
    "/loans?accountId=ann-1&accountId=ben-1",
    "/loans?accountId=ann-1&accountId[1]=ben-1",
    "/loans",
  ]) {
    assert.equal(await status("GET", target), 404, target);
    assert.ok(
      !seen.reached.some((one) => one.startsWith("GET /cards") || one.startsWith("GET /loans")),
      target,
    );
  }
});

test("who is named in a header must be the caller, once", async () => {
  assert.equal(await status("GET", "/tenants", undefined, ["x-customer", "ann"]), 200);
  for (const headers of [
    [],
    ["X-Customer", "ben"],
    ["X-Customer", "ann", "x-customer", "ben"],
    ["X-Customer", "ann, ben"],
    ["X-Customer", ""],
  ])
    assert.equal(await status("GET", "/tenants", undefined, headers), 404, headers.join());
});

test("what a request may leave out is judged where it is there, and in no other form", async () => {
  for (const body of [
    {},
    { from: "ann" },
    { from: "ann", to: [] },
    { to: [{ accountId: "ann-1" }, {}] },
  ])
    assert.equal(await status("POST", "/transfers", body), 200, JSON.stringify(body));
  for (const body of [
    { from: "ben" },
    { from: null },
    { from: ["ann"] },
    { from: { sub: "ann" } },
    { from: "" },
    { from: "ann", From: "ben" },
    { FROM: "ben" },
    { "from[]": "ben" },
    { to: [{ accountId: "ann-1", accountid: "ben-1" }] },
    { to: { accountId: "ben-1" } },
    { to: "ben-1" },
    { to: [{ accountId: "ann-1" }, { accountId: "ben-1" }] },
    { to: [{ accountId: null }] },
    { to: [[]] },
    null,
    [],
    "x",
  ])
    assert.equal(await status("POST", "/transfers", body), 404, JSON.stringify(body));
  assert.equal(await status("GET", "/searches"), 200);
  assert.equal(await status("GET", "/searches?customer=ann"), 200);
  for (const query of ["?customer=ben", "?customer=", "?CUSTOMER=ben", "?customer[]=ben"])
    assert.equal(await status("GET", `/searches${query}`), 404, query);
});

test("a key that stands twice in the body, or an id in query and body at once, is judged in both places or not passed", async () => {
  const twice = async (body: string): Promise<number> =>
    (await ask("ann", "POST", "/transfers", body, ["Content-Type", "application/json"])).status;
  seen.reached = [];
  for (const body of [
    '{"from":"ann","from":"ben"}',
    '{"from":"ben","from":"ann"}',
    '{"from":"ann","fr\\u006fm":"ben"}',
  ])
    assert.equal(await twice(body), 404, body);
  assert.deepEqual(seen.reached, []);
  const both = await plannedJourney({
    document,
    policy: policy(
      "  - { match: combined, owner: { all: [{ param: customer, optional: true }, { body: /customer, optional: true }], is: token.sub } }",
    ),
    backend,
  });
  const send = async (query: string, body: unknown): Promise<number> =>
    (await both("ann", "POST", `/combined${query}`, body)).status;
  assert.equal(await send("?customer=ann", { customer: "ann" }), 200);
  for (const [query, body] of [
    ["?customer=ann", { customer: "ben" }],
    ["?customer=ben", { customer: "ann" }],
    ["?customer=ben", {}],
    ["", { customer: "ben" }],
  ] as const)
    assert.equal(await send(query, body), 404, `${query} ${JSON.stringify(body)}`);
});

test("a list without end is not judged for ever", async () => {
  assert.equal(
    await status("POST", "/transfers", {
      to: Array.from({ length: 20_000 }, () => ({ accountId: "ann-1" })),
    }),
    404,
  );
  assert.deepEqual(seen.reached, []);
  const shown = await plannedJourney({
    document,
    policy: policy('  - { match: transfers, owner: { body: "/to/*/accountId", is: token.sub } }'),
    backend,
  });
  assert.equal(
    (
      await shown("ann", "POST", "/transfers", {
        to: Array.from({ length: 1000 }, () => ({ accountId: "ann" })),
      })
    ).status,
    200,
  );
  assert.equal(
    (
      await shown("ann", "POST", "/transfers", {
        to: Array.from({ length: 1001 }, () => ({ accountId: "ann" })),
      })
    ).status,
    404,
  );
});

test("a body that the gate did not read is not taken for one without the object", async () => {
  seen.reached = [];
  const got = await ask("ann", "POST", "/transfers", undefined, [
    "Content-Type",
    "application/octet-stream",
    "Content-Length",
    "16",
  ]);
  assert.equal(got.status, 404);
  assert.deepEqual(seen.reached, []);
});
