import assert from "node:assert/strict";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { coverageOf } from "@portcullis/guard/policy";
import { directory, planned } from "./planned.ts";

const path = (name: string): string =>
  `parameters: [{ name: ${name}, in: path, required: true, schema: { type: string } }]`;
const ok = 'responses: { "200": { description: ok } }';
const shares =
  "{ type: object, properties: { shares: { type: array, items: { type: object, properties: { to: { type: string }, note: { type: string } } } } } }";
writeFileSync(
  join(directory, "grants.yaml"),
  `openapi: 3.1.0
info: { title: t, version: v1 }
security: [{ token: [] }]
paths:
  /notes: { get: { operationId: listNotes, ${ok} } }
  /notes/{id}: { ${path("id")}, get: { operationId: getNote, ${ok} }, put: { operationId: putNote, ${ok} } }
  /shares: { get: { operationId: listShares, responses: { "200": { description: ok, content: { application/json: { schema: ${shares} } } } } } }
components: { securitySchemes: { token: { type: http, scheme: bearer } } }
`,
);
const policyOf = (rule: string, operation: string): string =>
  `identity: { issuer: https://login.example, audience: x }
apis: [{ openapi: ${join(directory, "grants.yaml")}, upstream: "http://127.0.0.1:4000" }]
operations: [{ match: ${operation}, owner: ${rule} }]
`;

const faulty: readonly (readonly [rule: string, fault: RegExp, operation?: string])[] = [
  ["{ response: /owner, in: token.orgs, granted: note }", /only what is one person's/],
  ["{ response: /kind, equals: public, granted: note }", /only what is one person's/],
  ["{ response: /owner, is: token.sub, granted: Note }", /'granted' is "Note"/],
  [
    "{ response: '/*/owner', is: token.sub, granted: note, foreign: filter }",
    /'granted' is no part/,
    "listNotes",
  ],
  [
    "{ is: token.sub, granted: note, grants: { operation: listShares, items: /shares, to: /to } }",
    /finds no owner/,
  ],
  ["{ is: token.sub, grants: { operation: listShares, items: /shares, to: /too } }", /too/],
  [
    "{ is: token.sub, grants: { operation: listSharez, to: /to } }",
    /there is no operation 'listSharez'/,
  ],
  ["{ is: token.sub, grants: { operation: putNote, to: /to } }", /is no GET/],
  [
    "{ is: token.sub, grants: { operation: listShares, items: /shares, to: /to, by: /note } }",
    /says both, by and id/,
  ],
  [
    "{ is: token.sub, grants: { operation: listShares, items: /shares, to: /to, by: /note, id: nid } }",
    /nid/,
  ],
  [
    "{ in: token.orgs, grants: { operation: listShares, items: /shares, to: /to } }",
    /'in' is asked of an answer/,
  ],
  ["{ grants: { operation: listShares, items: /shares, to: /to } }", /does not say whose/],
  [
    "{ response: /owner, is: token.sub, grants: { operation: listShares, items: /shares, to: /to } }",
    /an owner is named by/,
  ],
  ["{ is: token.sub, any: [] }", /'any' is a list/],
];

test("check faults a grant that would not do what it says", async () => {
  for (const [rule, fault, operation = "getNote"] of faulty) {
    const { faults } = await planned(policyOf(rule, operation));
    assert.match(faults.join("\n"), fault, rule);
  }
});

test("the table of check and its matrix say who may use what another has shared", async () => {
  const rows: readonly (readonly [rule: string, words: string])[] = [
    [
      "{ response: /owner, is: token.sub, granted: note }",
      "/owner is token.sub, or granted (note)",
    ],
    ["{ param: id, is: token.sub, granted: note }", "{id} is token.sub, or granted (note)"],
    [
      "{ is: token.sub, any: [{ response: /owner }, { grants: { operation: listShares, items: /shares, to: /to, by: /note, id: id } }] }",
      "/owner is token.sub or listShares/shares shares it with token.sub",
    ],
  ];
  for (const [rule, words] of rows) {
    const { faults, plan } = await planned(policyOf(rule, "getNote"));
    assert.deepEqual(faults, [], rule);
    assert.ok(plan !== undefined);
    assert.ok(JSON.stringify(coverageOf(plan)).includes(words), JSON.stringify(coverageOf(plan)));
  }
});
