import assert from "node:assert/strict";
import { test } from "node:test";
import { answering, type Said } from "./answering.ts";
import { type Ask, plannedJourney } from "./planned-journey.ts";

const parameters = "parameters: [{ name: id, in: path, required: true, schema: { type: string } }]";
const document = `openapi: 3.1.0
info: { title: Notes, version: v1 }
security: [{ token: [] }]
paths:
  /notes/{id}:
    ${parameters}
    get: { operationId: getNote, responses: { "200": { description: ok }, "204": { description: none } } }
    delete: { operationId: dropNote, responses: { "200": { description: ok } } }
  /of/{id}: { ${parameters}, get: { operationId: getOf, responses: { "200": { description: ok } } } }
components: { securitySchemes: { token: { type: http, scheme: bearer } } }
`;
const policy = (more = ""): string => `portcullis: 1
mode: { default: enforce, response: off, disclosure: off${more} }
limits: { admission: off }
apis: [{ openapi: openapi.yaml, upstream: "http://127.0.0.1:9" }]
identity: { issuer: https://login.example, audience: x }
operations:
  - { match: getNote, owner: { response: /owner, is: token.sub, exceptRoles: [support, audit] } }
  - { match: dropNote, owner: { lookup: getNote, response: /owner, is: token.sub } }
  - { match: getOf, owner: { param: id, is: token.sub } }
`;

let said: (method: string) => Said = () => ({});
const open = (scheme = "Bearer", more = ""): Promise<Ask> =>
  plannedJourney({
    document,
    policy: policy(more),
    backend: answering((method) => said(method)),
    claimsOf: (user) => (user === "sue" ? { roles: ["support"] } : {}),
    authorizationOf: (token) => `${scheme} ${token}`,
  });
const ask = await open();
const ofAnn = { owner: "ann" };

async function codeOf(user: string, method: string, target: string, by = ask): Promise<string> {
  const { code, status } = await by(user, method, target);
  return code ?? String(status);
}

test("a rule lets its owner through, one of the roles that it names, and nobody else", async () => {
  said = () => ({ json: ofAnn });
  assert.equal(await codeOf("ann", "GET", "/notes/1"), "200");
  assert.equal(await codeOf("sue", "GET", "/notes/1"), "200");
  assert.equal(await codeOf("ben", "GET", "/notes/1"), "object-not-yours");
});

test("who is not signed in owns nothing, where sign-ins are only observed too", async () => {
  // Another scheme is not the API's credential, so that nobody is signed in.
  const stranger = await open("Other", ", authentication: observe, authorization: observe");
  for (const owner of [ofAnn, {}, { owner: "" }, { owner: null }]) {
    said = () => ({ json: owner });
    for (const [method, target] of [
      ["GET", "/notes/1"],
      ["DELETE", "/notes/1"],
      ["GET", "/of/ann"],
    ] as const)
      assert.equal(await codeOf("ann", method, target, stranger), "object-not-yours");
  }
});

test("HEAD tells of one's own object, and nothing of another's", async () => {
  said = () => ({ json: ofAnn });
  assert.equal(await codeOf("ann", "HEAD", "/notes/1"), "200");
  assert.equal(await codeOf("ben", "HEAD", "/notes/1"), "object-not-yours");
});

test("an answer without a body does not tell that there is such an object", async () => {
  said = () => ({ status: 204 });
  for (const user of ["ann", "ben"])
    assert.equal(await codeOf(user, "GET", "/notes/1"), "object-not-yours", user);
});

test("a lookup decides by the object itself: any other answer says nothing of whose it is", async () => {
  const ask200 =
    (status: number) =>
    (method: string): Said =>
      method === "GET" ? { status, json: ofAnn } : { json: {} };
  for (const [status, code] of [
    [200, "200"],
    [201, "owner-unknown"],
    [202, "owner-unknown"],
    [302, "owner-unknown"],
    [400, "owner-unknown"],
    [401, "owner-unknown"],
    [403, "object-not-yours"],
    [404, "object-not-yours"],
    [410, "object-not-yours"],
    [500, "owner-unknown"],
  ] as const) {
    said = ask200(status);
    assert.equal(await codeOf("ann", "DELETE", `/notes/${status}`), code, String(status));
  }
});
