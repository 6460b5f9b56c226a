import assert from "node:assert/strict";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { directory, planned } from "./planned.ts";

const text = "{ type: string }";
const ok = '{ "200": { description: ok } }';
const parameter = (location: string, name: string): string =>
  `{ name: ${name}, in: ${location}, schema: ${text} }`;

/** `check`'s faults of an owner rule, at an operation with these parameters beside its path's. */
async function faultsOf(
  own: string,
  lookup: string,
  rule: string,
  path = "/accounts/{id}",
): Promise<string> {
  const file = `openapi-${Math.random()}.yaml`;
  writeFileSync(
    join(directory, file),
    `openapi: 3.1.0
info: { title: t, version: v1 }
security: [{ token: [] }]
paths:
  /accounts/{id}:
    get: { operationId: getAccount, parameters: [{ name: id, in: path, required: true, schema: ${text} }, ${lookup}], responses: ${ok} }
  ${path === "/accounts/{id}" ? "" : `${path}:\n  `}  post:
      operationId: change
      parameters: [${[...path.matchAll(/\{(\w+)\}/g)].map((match) => `{ name: ${match[1]}, in: path, required: true, schema: ${text} }`).join(", ")}, ${own}]
      requestBody: { content: { application/json: { schema: { type: object, properties: { accountId: ${text} } } } } }
      responses: ${ok}
components: { securitySchemes: { token: { type: http, scheme: bearer }, key: { type: apiKey, in: header, name: X-Api-Key } } }
`,
  );
  const { faults } = await planned(`identity: { issuer: https://login.example, audience: x }
apis: [{ openapi: ${join(directory, file)}, upstream: "http://127.0.0.1:4000" }]
decisionPoints: { pdp: { url: https://pdp.example, form: authzen } }
operations: [{ match: change, owner: ${rule} }]
`);
  return faults.join("\n");
}

const byLookup = (more = ""): string =>
  `{ lookup: getAccount, response: /owner, is: token.sub${more} }`;
const byRelation = (more = "", beside = ""): string =>
  `{ relation: { at: pdp, action: change, resource: account, id: id${more} }, is: token.sub${beside} }`;

test("check faults a rule that asks about another object than may be forwarded, and says how to mend it", async () => {
  for (const location of ["query", "header", "cookie"])
    for (const [rule, mend] of [
      [
        byLookup(),
        /Declare it at 'getAccount' too, or say that it chooses no object: ignores: \[\w+.tenant\]/,
      ],
      [byRelation(), /Tell it too \(with: .*\), or say .*: ignores: \[\w+.tenant\]/],
    ] as const) {
      const faults = await faultsOf(parameter(location, "tenant"), "", rule);
      assert.match(faults, new RegExp(`may choose another object by ${location}\\.tenant, and '`));
      assert.match(faults, mend);
    }
  assert.match(
    await faultsOf(
      "{ name: all, in: querystring, content: { application/json: {} } }",
      "",
      byLookup(),
    ),
    /may choose another object by querystring.all/,
  );
  const tenantPath = "/tenants/{tenant}/accounts/{id}";
  assert.match(await faultsOf("", "", byLookup(), tenantPath), /by path.tenant/);
  assert.match(await faultsOf("", "", byRelation(), tenantPath), /by path.tenant/);
  assert.match(
    await faultsOf("", "", byLookup(", with: { id: /accountId }"), "/tenants/{tenant}/transfers"),
    /by path.tenant/,
  );
});

test("one line mends it, and what chooses no object is no fault", async () => {
  const tenant = parameter("query", "tenant");
  const header = parameter("header", "X-Tenant");
  const fine: readonly (readonly [string, string, string, string?])[] = [
    [tenant, tenant, byLookup()],
    [header, parameter("header", "x-tenant"), byLookup()],
    [tenant, "", byLookup(", ignores: [tenant]")],
    [tenant, "", byLookup(", ignores: [query.tenant, query._]")],
    [tenant, "", byRelation(", with: { tenant: query.tenant }")],
    [tenant, "", byRelation("", ", ignores: [tenant]")],
    ["", "", byLookup(), "/accounts/{id}/cards/{card}"],
    [
      "",
      "",
      `{ all: [{ param: customer }, { lookup: getAccount, response: /owner }], is: token.sub }`,
      "/customers/{customer}/accounts/{id}",
    ],
    ...[
      "Idempotency-Key",
      "If-Match",
      "Prefer",
      "Accept-Language",
      "X-Request-Id",
      "X-Api-Key",
    ].map((name): readonly [string, string, string] => [parameter("header", name), "", byLookup()]),
  ];
  for (const [own, lookup, rule, path] of fine)
    assert.equal(await faultsOf(own, lookup, rule, path), "", `${own} ${rule} ${path}`);
});

test("what is ignored must be there: a name that is misspelt would ignore nothing", async () => {
  assert.match(
    await faultsOf(parameter("query", "tenant"), "", byLookup(", ignores: [tennant]")),
    /has no parameter 'tennant' \(Did you mean 'tenant'\?\)/,
  );
  assert.match(
    await faultsOf("", "", "{ param: id, is: token.sub, ignores: [id] }"),
    /nobody is asked about the object, so nothing is ignored/,
  );
});
