import assert from "node:assert/strict";
import { test } from "node:test";
import { answering, type Said } from "./answering.ts";
import { plannedJourney } from "./planned-journey.ts";

const text = "{ type: string }";
const notes = `{ "200": { description: ok, content: { application/json: { schema: { type: array, items: { $ref: "#/components/schemas/Note" } } } } } }`;
const one = (status: number): string =>
  `{ "${status}": { description: ok, content: { application/json: { schema: { $ref: "#/components/schemas/Note" } } } } }`;
const body = `requestBody: { content: { application/json: { schema: { type: object } }, application/octet-stream: {} } }`;
const document = `openapi: 3.1.0
info: { title: Notes, version: v1 }
security: [{ token: [] }]
paths:
  /notes: { get: { operationId: listNotes, parameters: [{ name: limit, in: query, schema: ${text} }], responses: ${notes} } }
  /search: { get: { operationId: searchNotes, parameters: [{ name: q, in: query, schema: ${text} }, { name: X-Note, in: header, schema: ${text} }], responses: ${notes} }, post: { operationId: findNotes, ${body}, responses: ${notes} } }
  /peek/{noteId}: { get: { operationId: peek, parameters: [{ name: noteId, in: path, required: true, schema: ${text} }], responses: ${one(200)} } }
  /notes/{noteId}:
    parameters: [{ name: noteId, in: path, required: true, schema: ${text} }]
    get: { operationId: getNote, responses: ${one(200)} }
    put: { operationId: putNote, ${body}, responses: ${one(201)} }
components:
  securitySchemes: { token: { type: http, scheme: bearer } }
  schemas: { Note: { type: object, properties: { id: ${text}, title: ${text} } } }
`;
const policy = `portcullis: 1
mode: { default: enforce, disclosure: off }
limits: { admission: off }
apis: [{ openapi: openapi.yaml, upstream: "http://127.0.0.1:9" }]
identity: { issuer: https://login.example, audience: x }
provenance: { note: { properties: [Note/id], sources: [putNote] } }
operations:
  - { match: getNote, owner: { provenance: { kind: note, id: noteId } } }
`;

let said: Said = {};
const ask = await plannedJourney({ document, policy, backend: answering(() => said) });
let users = 0;
/** A caller who was shown nothing yet. */
const somebody = (): string => `user-${(users += 1)}`;
const shows = (...ids: string[]): void => {
  said = { json: ids.map((id) => ({ id })) };
};

async function isShown(user: string, id: string): Promise<boolean> {
  said = { json: { id } };
  return (await ask(user, "GET", `/notes/${id}`)).status === 200;
}

test("an id that a list shows was shown, whatever part of the list was asked for", async () => {
  const user = somebody();
  shows("n-1", "7");
  await ask(user, "GET", "/notes?limit=7", undefined, ["X-Trace", "abc"]);
  assert.equal(await isShown(user, "n-1"), true);
  assert.equal(await isShown(user, "7"), true);
});

test("an id that the request named is not shown by an answer that repeats it, wherever it was named", async () => {
  const other = "n-other-4711";
  const requests: readonly (readonly [string, string, unknown?, (readonly string[])?])[] = [
    ["GET", `/search?q=${other}`],
    ["GET", `/search?q=${other.toUpperCase()}`],
    ["GET", `/search?q=id:${other}`],
    ["GET", `/search?q=id%20eq%20%27${other}%27`],
    ["GET", `/search?q=a,${other};b`.replace(";", "%3B")],
    ["GET", "/search", undefined, ["X-Note", other]],
    ["GET", "/search", undefined, ["X-Undeclared", `a ${other}`]],
    ["GET", "/search", undefined, ["Cookie", `seen=${other}`]],
    ["POST", "/search", { id: other }],
    ["POST", "/search", { ids: ["n-1", { deep: [other] }] }],
    ["POST", "/search", { [other]: true }],
    ["POST", "/search", `{"q":"n-other\\u002d4711"}`, ["Content-Type", "application/json"]],
    ["POST", "/search", other, ["Content-Type", "application/octet-stream"]],
    ["GET", `/peek/${other}`],
  ];
  for (const [method, target, json, headers] of requests) {
    const user = somebody();
    said = {
      json: target.startsWith("/peek") ? { id: other } : [{ id: other }, { id: "n-mine-1" }],
    };
    const got = await ask(user, method, target, json, headers);
    assert.equal(got.status, 200, `${method} ${target}: ${got.code}`);
    assert.equal(await isShown(user, other), false, `${method} ${target} ${JSON.stringify(json)}`);
    // A body that is not looked into could name anything.
    if (!target.startsWith("/peek") && headers?.[1] !== "application/octet-stream")
      assert.equal(await isShown(user, "n-mine-1"), true, `${method} ${target}: the other one`);
  }
});

test("an id that a number names, and short ones among others, are found as values only", async () => {
  const user = somebody();
  shows("17", "n1");
  await ask(user, "POST", "/search", { amount: 170, note: "pn1q", count: 17 });
  assert.equal(await isShown(user, "17"), false);
  assert.equal(await isShown(user, "n1"), true);
});

test("an operation that the policy names as a source shows what its request named", async () => {
  const user = somebody();
  said = { status: 201, json: { id: "n-made-by-me" } };
  assert.equal((await ask(user, "PUT", "/notes/n-made-by-me", { title: "x" })).status, 201);
  assert.equal(await isShown(user, "n-made-by-me"), true);
});

test("a source that no document has is a fault", async () => {
  await assert.rejects(
    plannedJourney({
      document,
      policy: policy.replace("[putNote]", "[putNotes]"),
      backend: answering(() => said),
    }),
    /no operation 'putNotes'/,
  );
});
