import assert from "node:assert/strict";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { coverageOf, saidOf } from "@portcullis/guard/policy";
import { directory, planned } from "./planned.ts";

const path = (name: string): string =>
  `parameters: [{ name: ${name}, in: path, required: true, schema: { type: string } }]`;
const ok = 'responses: { "200": { description: ok } }';
writeFileSync(
  join(directory, "acting.yaml"),
  `openapi: 3.1.0
info: { title: t, version: v1 }
security: [{ token: [] }]
paths:
  /customers: { get: { operationId: listCustomers, ${ok} } }
  /customers/{id}: { ${path("id")}, get: { operationId: getCustomer, ${ok} }, put: { operationId: putCustomer, ${ok} } }
  /letters: { post: { operationId: writeLetter, ${ok} } }
  /payments: { post: { operationId: pay, ${ok} } }
components: { securitySchemes: { token: { type: http, scheme: bearer } } }
`,
);
const oneSource = "issuer: https://login.example, audience: x";
const twoSources =
  "sources: { people: { issuer: https://a.example, audience: x }, staff: { issuer: https://b.example, audience: x } }";
const policyOf = (impersonation: string, identity = oneSource, rest = ""): string =>
  `identity: { ${identity} }
roles: { support: [], admin: [], customer: [] }
apis: [{ openapi: ${join(directory, "acting.yaml")}, upstream: "http://127.0.0.1:4000" }]
impersonation: { ${impersonation} }
operations:
  - { match: pay, stepUp: { acr: mfa } }
${rest}`;

const who = "who: { roles: [support] }";
const fields = "header: Acting-For, reason: Acting-Reason";
const subject = "subject: { operation: getCustomer, sub: /id, roles: /roles }";

const faulty: readonly (readonly [setting: string, fault: RegExp, identity?: string])[] = [
  ["reason: Acting-Reason", /nothing says in whose name/],
  [`${who}, header: Acting-For, ${subject}`, /'reason' is missing/],
  [`${fields}, ${subject}`, /does not say who may act/],
  [`who: {}, ${fields}, ${subject}`, /every caller could act for every other/],
  [`${who}, tokens: {}, reason: Acting-Reason`, /no header is named/],
  [`${who}, ${fields}`, /nobody can tell whether the person who is named exists/],
  [`${who}, ${fields}, granted: false`, /nobody can tell whether the person/],
  [
    `${who}, ${fields}, ${subject.replace("getCustomer", "getCustomr")}`,
    /has an operation 'getCustomr'/,
  ],
  [`${who}, ${fields}, ${subject.replace("getCustomer", "listCustomers")}`, /no GET with one path/],
  [`${who}, ${fields}, ${subject.replace("getCustomer", "putCustomer")}`, /no GET with one path/],
  [`${who.replace("support", "suport")}, ${fields}, ${subject}`, /no role 'suport'/],
  [`${who}, ${fields}, ${subject}, never: [boss]`, /no role 'boss'/],
  [`${who}, ${fields}, ${subject}, keeps: { roles: [boss] }`, /no role 'boss'/],
  [`${who}, ${fields}, ${subject}, for: 9h`, /ends within a working day/],
  [`${who}, ${fields}, ${subject}, for: 10ms`, /ends within a working day/],
  [`${who}, header: Authorization, reason: Acting-Reason, ${subject}`, /a meaning of its own/],
  [`${who}, header: Acting-For, reason: acting-for, ${subject}`, /one field cannot say both/],
  [`${who}, ${fields}, ${subject}, mots: 3`, /'mots'/],
  [`${who}, ${fields}, ${subject}, of: other`, /no source 'other'/],
  [`${who}, ${fields}, ${subject}, of: people`, /of which source \(source\)/, twoSources],
  [
    `who: { source: staff, roles: [support] }, ${fields}, ${subject}`,
    /of which source \(of\)/,
    twoSources,
  ],
  [`tokens: {}, reason: Acting-Reason`, /of which source \(source\)/, twoSources],
];

test("check faults what would let somebody act for whom nobody knows, or would not do what it says", async () => {
  for (const [setting, fault, identity] of faulty) {
    const { faults } = await planned(policyOf(setting, identity));
    assert.match(faults.join("\n"), fault, setting);
  }
  const nobody = policyOf(`${who}, ${fields}, ${subject}`).replace(/^identity.*\n/, "");
  assert.match((await planned(nobody)).faults.join("\n"), /nobody knows callers/);
});

test("the table of check says what may be done for others, and what it says of the whole says who, and how long", async () => {
  const rest = `  - { match: writeLetter, impersonation: refused }
  - { match: putCustomer, impersonation: allowed }
`;
  const setting = `who: { source: staff, roles: [support] }, ${fields}, of: people, ${subject}, never: [admin], for: 30m`;
  const { faults, plan } = await planned(policyOf(setting, twoSources, rest));
  assert.deepEqual(faults, []);
  assert.ok(plan !== undefined);
  const { columns, rows } = coverageOf(plan);
  assert.ok(columns.some(({ key }) => key === "impersonation"));
  const cells = rows.map(({ cells: of, plan: { name } }) => `${name}: ${of["impersonation"]}`);
  assert.deepEqual(cells, [
    "listCustomers: yes",
    "getCustomer: yes",
    "putCustomer: yes",
    "writeLetter: no: the policy says so",
    "pay: no: the person must sign in more strongly",
  ]);
  assert.ok(
    saidOf(plan).includes(
      "callers of 'staff' with the role support may act for people of 'people' (Acting-For: people/SUBJECT), for 30 minutes and one reason each, 50 times a day, never for support, admin.",
    ),
    saidOf(plan).join("\n"),
  );
});

test("the built-in issuer knows its own people, so that nobody else need be asked", async () => {
  const builtin = policyOf(`${who}, ${fields}`, "issuer: builtin, audience: x");
  const { faults, plan } = await planned(`publicUrl: https://api.example.com\n${builtin}`);
  assert.deepEqual(
    faults.filter((one) => one.includes("nobody can tell")),
    [],
  );
  assert.equal(plan?.controls.impersonation?.accounts, true);
});

test("a policy that lets nobody act for others has no column of it", async () => {
  const { plan } = await planned(policyOf(`${who}, ${fields}`).replace(/^impersonation.*\n/m, ""));
  assert.ok(plan !== undefined);
  assert.ok(!coverageOf(plan).columns.some(({ key }) => key === "impersonation"));
});
