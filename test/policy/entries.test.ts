import assert from "node:assert/strict";
import { test } from "node:test";
import { identity, planned } from "./planned.ts";

test("closer entries win over wider ones wherever they stand, and later ones over earlier", async () => {
  const { of } = await planned(`operations:
  - { match: getAccount, maxBodySize: 1kB, mode: enforce }
  - { match: { path: "/v1/accounts/**" }, maxBodySize: 2kB, mode: off }
  - { match: { tag: money }, maxBodySize: 3kB }
  - { match: "*", maxBodySize: 4kB }
  - { match: GET /v1/accounts/{id}, maxBodySize: 5kB }
`);
  assert.equal(of("getAccount").controls.contract.mostBodyBytes, 5000);
  assert.equal(of("getAccount").modes.route, "enforce");
  assert.equal(of("closeAccount").controls.contract.mostBodyBytes, 2000);
  assert.equal(of("login").controls.contract.mostBodyBytes, 4000);
});

test("limits add up by what they count, and one is taken away only by name", async () => {
  const { of } = await planned(`limits: { tiers: { standard: 10/min } }
operations:
  - { match: "*", limits: [{ rate: 300/min, per: address }, { rate: tier, per: user }, { rate: 1/min, per: [address, body.username] }] }
  - { match: login, limits: [{ rate: 5/min, per: [address, body.username] }, { rate: none, per: user }] }
`);
  assert.deepEqual(
    of("getAccount").controls.limit.rules.map((limit) => limit.per.join("+")),
    ["address", "user"],
  );
  assert.deepEqual(
    of("login").controls.limit.rules.map((limit) => [
      limit.per.join("+"),
      limit.forms.map(({ bound }) => (bound.kind === "rate" ? bound.rate : bound)),
    ]),
    [
      ["address", [{ count: 300, windowMs: 60_000 }]],
      ["address+body.username", [{ count: 5, windowMs: 60_000 }]],
    ],
  );
});

test("who may enter is said by the document until the policy says otherwise", async () => {
  const { of } = await planned(
    `roles: { support: ["a:read"] }\noperations: [{ match: closeAccount, allow: { roles: [support] } }, { match: getAccount, allow: anyone }]\n`,
  );
  assert.deepEqual(of("closeAccount").controls.entry.rule, {
    anonymous: false,
    alternatives: [{ scopes: ["a:read"] }],
    roles: ["support"],
    clients: [],
  });
  assert.equal(of("getAccount").controls.entry.rule?.anonymous, true);
  assert.equal(of("login").controls.entry.rule?.anonymous, true);
});

test("paths with parameters may stand unquoted between braces, as the field writes them", async () => {
  const { of, plan: read } = await planned(`${identity}operations:
  - match: { method: GET, path: /v1/accounts/{accountId} }
    owner: { response: /customerId, is: token.sub }
  - match: [login, DELETE /v1/accounts/{accountId}]
    maxBodySize: 2kB
`);
  assert.ok(read !== undefined);
  assert.deepEqual(of("getAccount").controls.ownership.owners?.clauses[0]?.atoms[0], {
    kind: "response",
    test: {
      owner: { pointer: ["customerId"], match: { is: "token.sub" }, some: false },
      states: [],
    },
  });
  assert.equal(of("closeAccount").controls.contract.mostBodyBytes, 2000);
});
