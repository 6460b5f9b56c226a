import assert from "node:assert/strict";
import { test } from "node:test";
import type { Upstream } from "@portcullis/guard/upstream";
import { type Ask, plannedJourney } from "./planned-journey.ts";

const text = "{ type: string }";
const parameter = (location: string, name: string): string =>
  `{ name: ${name}, in: ${location}, schema: ${text} }`;
const ok = '{ "200": { description: ok } }';

/** Every kind of parameter by which a backend may tell one account `a2` from another's `a2`. */
const both = [
  parameter("query", "tenant"),
  parameter("query", "region"),
  parameter("header", "X-Tenant"),
  parameter("cookie", "tenant"),
  `{ name: filter, in: query, style: deepObject, explode: true, schema: { type: object, properties: { tenant: ${text} } } }`,
  `{ name: spread, in: query, explode: true, schema: { type: object, properties: { shard: ${text} } } }`,
];
const document = `openapi: 3.1.0
info: { title: Tenants, version: v1 }
security: [{ token: [] }, { key: [] }]
paths:
  /accounts/{id}:
    parameters: [{ name: id, in: path, required: true, schema: ${text} }]
    get: { operationId: getAccount, parameters: [${both.join(", ")}], responses: ${ok} }
    delete: { operationId: closeAccount, parameters: [${[...both, parameter("query", "expand")].join(", ")}], responses: ${ok} }
  /accounts/{id}/statement:
    parameters: [{ name: id, in: path, required: true, schema: ${text} }]
    get: { operationId: getStatement, parameters: [${both.join(", ")}], responses: ${ok} }
components:
  securitySchemes:
    token: { type: http, scheme: bearer }
    key: { type: apiKey, in: query, name: api_key }
`;
const policy = (request: string): string => `portcullis: 1
mode: { default: enforce, request: ${request} }
limits: { admission: off }
versioning: { query: v, default: v1 }
apis: [{ openapi: openapi.yaml, upstream: "http://127.0.0.1:9", version: v1 }]
identity: { issuer: https://login.example, audience: x }
operations:
  - { match: closeAccount, owner: { lookup: getAccount, response: /owner, is: token.sub, ignores: [expand, query._] } }
  - { match: getStatement, owner: { lookup: getAccount, response: /owner, is: token.sub, ignores: [query.expand] } }
`;

interface Seen {
  readonly method: string;
  readonly target: string;
}
let seen: Seen[] = [];

const decoded = (target: string): string =>
  target.replaceAll(/(?:%[0-9a-f]{2})+/gi, (escapes) => decodeURIComponent(escapes));

/** Accounts are the caller's own, but where anything of the request says `other`. */
const tenants: Upstream = {
  forward({ headers, method, target }, receiver) {
    seen.push({ method, target });
    const own = headers.filter(
      (_, index) => !/^(portcullis|authorization)/i.test(headers[index - (index % 2)] as string),
    );
    const isOther = [decoded(target), ...own].some((part) => part.includes("other"));
    receiver.onHead(200, ["Content-Type", "application/json"]);
    receiver.onData(Buffer.from(JSON.stringify({ owner: isOther ? "ben" : "ann" })));
    receiver.onEnd([]);
    return { resume: () => undefined, abort: () => undefined };
  },
};

/** What may choose another account: what stands in the query, and in fields. */
const selectors: readonly (readonly [string, string, readonly string[]])[] = [
  ["a declared query parameter", "?tenant=other", []],
  ["one beside others", "?region=eu&tenant=other&expand=owner", []],
  ["one in escapes", "?te%6Eant=%6fther", []],
  ["a member of a deep object", "?filter%5Btenant%5D=other", []],
  ["a member of a spread object", "?shard=other", []],
  ["the API key", "?api_key=other", []],
  ["the version", "?v=v1&tenant=other", []],
  ["a declared field", "", ["X-Tenant", "other"]],
  ["a declared cookie", "", ["Cookie", "tenant=other"]],
  ["a field that no document names", "", ["X-Workspace", "other"]],
  ["a cookie that no document names", "", ["Cookie", "workspace=other"]],
  ["a field whose name begins like one of the body", "", ["Content-Tenant", "other"]],
  ["a query parameter that no document names", "?workspace=other", []],
  ["another spelling of a declared one", "?Tenant=other", []],
  ["a list of a declared one", "?tenant[]=other", []],
  ["an escape that is none", "?tenant=other&x=%zz", []],
];

const askFor = (request: string): Promise<Ask> =>
  plannedJourney({ document, backend: tenants, policy: policy(request) });

test("what chooses the object chooses it for the lookup too: another's is never changed, whatever the request says by", async () => {
  for (const request of ["enforce", "observe", "off"]) {
    const ask = await askFor(request);
    for (const [name, query, headers] of selectors) {
      seen = [];
      const { status } = await ask("ann", "DELETE", `/accounts/a2${query}`, undefined, headers);
      assert.ok(status >= 400, `${request}: ${name}`);
      assert.ok(!seen.some(({ method }) => method === "DELETE"), `${request}: ${name}`);
    }
  }
});

test("an answer is remembered for what it was asked for, and for nothing else that could choose another object", async () => {
  const ask = await askFor("observe");
  for (const [name, query, headers] of selectors) {
    // A GET changes nothing, so what was told for the first is remembered for the second.
    const path = `/accounts/m-${name.length}/statement`;
    assert.equal((await ask("ann", "GET", path)).status, 200, name);
    const { status } = await ask("ann", "GET", `${path}${query}`, undefined, headers);
    assert.ok(status >= 400, name);
  }
});

test("an answer is remembered where only what chooses nothing differs, and two tokens of one person are asked for each", async () => {
  let tenant = "t-1";
  let tokens = 0;
  const ask = await plannedJourney({
    document,
    backend: tenants,
    policy: policy("observe"),
    claimsOf: () => ({ sub: "ann", tenant, jti: `t-${(tokens += 1)}` }),
  });
  const lookups = async (
    user: string,
    query = "",
    headers: readonly string[] = [],
  ): Promise<number> => {
    seen = [];
    // Refused by its owner, and so not passed on: a write would make the memory stale.
    assert.equal(
      (await ask(user, "DELETE", `/accounts/other${query}`, undefined, headers)).status,
      404,
    );
    return seen.length;
  };
  assert.equal(await lookups("one"), 1);
  assert.equal(await lookups("one"), 0);
  assert.equal(await lookups("one", "?expand=all&_=17"), 0);
  assert.equal(await lookups("one", "", ["X-Request-Id", "r-2", "Idempotency-Key", "k-2"]), 0);
  assert.equal(await lookups("one", "?tenant=x"), 1);
  assert.equal(await lookups("one", "", ["X-Tenant", "x"]), 1);
  tenant = "t-2";
  assert.equal(await lookups("two"), 1);
});

test("the lookup is asked with what both operations declare, in the spelling that goes on, and with nothing that is ignored", async () => {
  const ask = await askFor("observe");
  seen = [];
  await ask("ann", "DELETE", "/accounts/a%203?expand=all&region=e+u&_=1&tenant=t%201&v=v1");
  assert.deepEqual(seen, [
    { method: "GET", target: "/accounts/a%203?region=e%20u&tenant=t%201&v=v1" },
    {
      method: "DELETE",
      target: "/accounts/a%203?expand=all&region=e%20u&_=1&tenant=t%201&v=v1",
    },
  ]);
});

test("a decision point is told of what the rule names, and not asked where the query could choose another object", async () => {
  const asked: unknown[] = [];
  const ask = await plannedJourney({
    document,
    backend: tenants,
    policy: `${policy("observe").split("operations:")[0]}
decisionPoints: { pdp: { url: https://pdp.example, form: authzen } }
operations:
  - match: closeAccount
    owner:
      relation: { at: pdp, action: close, resource: account, id: id, with: { tenant: query.tenant, workspace: X-Tenant } }
      is: token.sub
      ignores: [expand, region, cookie.tenant, filter, spread]
`,
    decisionPoint: (question) => {
      asked.push(question);
      return Promise.resolve(question.with?.["tenant"] !== "other");
    },
  });
  const close = async (query: string, headers: readonly string[] = []): Promise<number> =>
    (await ask("ann", "DELETE", `/accounts/a2${query}`, undefined, headers)).status;
  assert.equal(await close("?expand=all"), 200);
  assert.equal(await close("?tenant=own", ["X-Tenant", "w"]), 200);
  assert.equal(await close("?tenant=other"), 404);
  const about = { subject: "ann", action: "close", resource: "account", id: "a2" };
  assert.deepEqual(asked, [
    { ...about, with: undefined },
    { ...about, with: { tenant: "own", workspace: "w" } },
    { ...about, with: { tenant: "other" } },
  ]);
  assert.equal(await close("?tenant=own&tenant=other"), 404);
  assert.equal(await close("?workspace=other"), 404);
  assert.equal(await close("?Tenant=other"), 404);
  assert.equal(asked.length, 3);
});
