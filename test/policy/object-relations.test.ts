import assert from "node:assert/strict";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { directory, planned } from "./planned.ts";

const path = (name: string): string =>
  `parameters: [{ name: ${name}, in: path, required: true, schema: { type: string } }]`;
const ok = 'responses: { "200": { description: ok } }';
writeFileSync(
  join(directory, "relations.yaml"),
  `openapi: 3.1.0
info: { title: t, version: v1 }
security: [{ token: [] }]
paths:
  /notes/{id}:
    ${path("id")}
    get: { operationId: getNote, responses: { "200": { description: ok, content: { application/json: { schema: { type: object, properties: { owner: { type: string }, status: { type: string }, deletedAt: { type: string } } } } } } } }
    put: { operationId: putNote, ${ok} }
  /shelves/{shelf}: { ${path("shelf")}, get: { operationId: getShelf, ${ok} } }
components: { securitySchemes: { token: { type: http, scheme: bearer } } }
`,
);

/** `check`'s faults of an owner rule at one of these operations. */
async function faultsOf(rule: string, operation = "getNote"): Promise<string> {
  const { faults } = await planned(`identity: { issuer: https://login.example, audience: x }
apis: [{ openapi: ${join(directory, "relations.yaml")}, upstream: "http://127.0.0.1:4000" }]
operations: [{ match: ${operation}, owner: ${rule} }]
`);
  return faults.join("\n");
}

const rows: readonly (readonly [rule: string, fault: RegExp, operation?: string])[] = [
  [
    "{ response: /owner, some: true, is: token.sub }",
    /\/owner leads to one value, and not to several/,
  ],
  [
    "{ response: /owner, in: token.orgs, is: token.sub }",
    /says more than once whose the object must be/,
  ],
  ["{ response: /owner, in: orgs }", /'in' is "orgs"/],
  ["{ response: /owner, equals: [a] }", /'equals' is a list/],
  ["{ param: id, in: token.orgs }", /'in' is asked of an answer, and this rule reads none/],
  [
    "{ param: id, is: token.sub, when: { response: /status, equals: draft } }",
    /'when' is asked of an answer/,
  ],
  [
    "{ response: /owner, is: token.sub, mostObjects: 5 }",
    /nobody is asked about the objects of this rule/,
  ],
  [
    "{ lookup: getNote, response: /owner, is: token.sub, mostObjects: 0 }",
    /'mostObjects' is 0/,
    "putNote",
  ],
  [
    "{ response: /owner, is: token.sub, find: { items: /a, by: /id, id: id } }",
    /'find' belongs to a lookup/,
  ],
  [
    "{ lookup: getNote, response: /owner, equals: public }",
    /anybody might then PUT what is "public"/,
    "putNote",
  ],
  [
    "{ any: [{ lookup: getNote, response: /owner, methods: [GET] }], is: token.sub }",
    /no way to own the object is left for/,
    "putNote",
  ],
  [
    "{ response: /owner, is: token.sub, when: { response: /status } }",
    /either by what stands there, or by whether anything does/,
  ],
  [
    "{ response: /owner, is: token.sub, when: { response: /statsu, equals: draft } }",
    /declare no 'statsu' where/,
  ],
  [
    "{ all: [{ lookup: getNote, response: /owner }], is: token.sub, except: { response: /deletedAt, present: true } }",
    /has already changed the object/,
    "putNote",
  ],
  [
    "{ lookup: [{ operation: getNote }, { operation: getShelf }], response: /owner, is: token.sub }",
    /no parameter 'shelf'/,
    "putNote",
  ],
  [
    "{ lookup: [{ operation: getNote }, { operation: getShelf, with: { shelf: /shelff } }, { operation: getSelf }], response: /o, is: token.sub }",
    /there is no operation 'getSelf'/,
    "putNote",
  ],
  [
    "{ lookup: [{ operation: getNote }], with: { id: id }, response: /owner, is: token.sub }",
    /says with in each of them/,
    "putNote",
  ],
  ["{ lookup: [], response: /owner, is: token.sub }", /'lookup' is a list/, "putNote"],
  ["{ response: '/items/*/owner', in: token.orgs, foreign: filter }", /'in' is no part of that/],
];

test("check faults a rule that would not do what it says, and says what was expected", async () => {
  for (const [rule, fault, operation] of rows)
    assert.match(await faultsOf(rule, operation), fault, rule);
});

test("rules by lists, states, methods and steps are understood", async () => {
  for (const [rule, operation] of [
    [
      "{ any: [{ response: /owner }, { response: /status, equals: public, methods: [GET] }], is: token.sub, except: { response: /deletedAt, present: true } }",
    ],
    [
      "{ lookup: getNote, response: /owner, is: token.sub, when: { response: /status, equals: draft, methods: PUT, exceptRoles: [editor] } }",
      "putNote",
    ],
    [
      "{ lookup: [{ operation: getNote }, { operation: getShelf, with: { shelf: /status } }], response: /owner, in: token.orgs }",
      "putNote",
    ],
  ])
    assert.equal(await faultsOf(rule as string, operation), "", rule as string);
});
