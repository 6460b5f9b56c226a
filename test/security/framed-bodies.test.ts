import assert from "node:assert/strict";
import { test } from "node:test";
import type { Upstream } from "@portcullis/guard/upstream";
import { plannedJourney } from "./planned-journey.ts";

/** As Parse's SDKs send everything: a POST, JSON under text/plain, and who asks beside the data. */
const own = { _ApplicationId: "notes", _InstallationId: "i-1", _SessionToken: "r:ann" };
const others = { ...own, _SessionToken: "r:ben" };
const plain = ["Content-Type", "text/plain"];

const ok = "{ description: ok }";
const answer = `{ "200": { description: ok, content: { application/json: { schema: { type: object, required: [objectId], properties: { objectId: { type: string }, owner: { type: string }, title: { type: string } } } } } } }`;
const data = `{ type: object, additionalProperties: false, properties: { title: { type: string, maxLength: 20 }, amount: { type: number } } }`;
const document = `openapi: 3.1.0
info: { title: Notes, version: v1 }
components: { securitySchemes: { session: { type: apiKey, in: header, name: X-Parse-Session-Token } } }
security: [{ session: [] }]
paths:
  /users/me: { get: { operationId: getMe, responses: { "200": ${ok} } } }
  /logout: { post: { operationId: logOut, responses: { "200": ${ok} } } }
  /notes:
    post: { operationId: addNote, requestBody: { required: true, content: { application/json: { schema: ${data} } } }, responses: { "200": ${ok} } }
    get: { operationId: findNotes, requestBody: { content: { text/plain: { schema: { type: object, additionalProperties: false, properties: { limit: { type: integer, maximum: 100 } } } } } }, responses: { "200": ${ok} } }
  /notes/{id}:
    parameters: [{ name: id, in: path, required: true, schema: { type: string } }]
    get: { operationId: getNote, responses: ${answer} }
    put: { operationId: changeNote, requestBody: { content: { application/json: { schema: ${data} } } }, responses: { "200": ${ok} } }
    delete: { operationId: dropNote, responses: { "200": ${ok} } }
`;
const upstream = (more = ""): string =>
  `{ targets: "http://127.0.0.1:9", methodFrom: body._method, readsAsJson: text/plain, envelope: { _ApplicationId: notes, _InstallationId: "*", _SessionToken: "*" }${more} }`;
const policy = (reads = upstream(), mode = "enforce"): string => `portcullis: 1
mode: ${mode}
limits: { admission: off }
apis: [{ openapi: openapi.yaml, upstream: ${reads} }]
identity:
  sources:
    people: { credential: { body: /_SessionToken }, whoami: { operation: getMe, sub: /objectId, nobody: { status: 400, response: /code, equals: 209 } }, forgetOn: [logOut] }
operations:
  - { match: getNote, owner: { response: /owner, is: people.sub } }
  - { match: [changeNote, dropNote], owner: { lookup: getNote, response: /owner, is: people.sub } }
`;

interface Sent {
  readonly method: string;
  readonly target: string;
  readonly type: string | undefined;
  readonly body: Record<string, unknown>;
}

/** Notes are ann's; whoever has a session of the application is who it says. */
function parseLike(): { readonly backend: Upstream; readonly sent: Sent[] } {
  const sent: Sent[] = [];
  const reply = (body: Record<string, unknown>, target: string): [number, unknown] => {
    if (body["_ApplicationId"] !== "notes") return [403, { error: "unauthorized" }];
    const session = body["_SessionToken"];
    if (session === "r:broken") return [400, { code: 1, error: "Internal error" }];
    const who = typeof session === "string" ? session.slice(2) : "";
    if (who === "" || who === "gone") return [400, { code: 209, error: "Invalid session token" }];
    if (target === "/users/me") return [200, { objectId: who }];
    return [200, { objectId: target.slice(7), owner: "ann", title: "one" }];
  };
  const backend: Upstream = {
    forward({ body, headers, method, target }, receiver) {
      const text = Buffer.isBuffer(body) ? body.toString() : "{}";
      const read = JSON.parse(text) as Record<string, unknown>;
      const at = headers.findIndex((name) => /^content-type$/i.test(name));
      sent.push({ method, target, type: headers[at + 1], body: read });
      const [status, said] = reply(read, target);
      receiver.onHead(status, ["Content-Type", "application/json"]);
      receiver.onData(Buffer.from(JSON.stringify(said)));
      receiver.onEnd([]);
      return { resume: () => undefined, abort: () => undefined };
    },
  };
  return { backend, sent };
}

async function gate(text = policy()) {
  const { backend, sent } = parseLike();
  const ask = await plannedJourney({ document, policy: text, backend });
  return {
    sent,
    /** As an SDK sends it. */
    tell: (target: string, body: object, fields: readonly string[] = plain) =>
      ask("nobody", "POST", target, JSON.stringify(body), fields),
    ask,
  };
}

test("what an SDK tunnels as text is judged as the operation that it stands for, and reaches the backend whole", async () => {
  const { sent, tell } = await gate();
  assert.equal((await tell("/notes", { title: "one", amount: 1.1, ...own })).code, undefined);
  assert.deepEqual(sent.at(-1), {
    method: "POST",
    target: "/notes",
    type: "application/json",
    body: { ...own, title: "one", amount: 1.1 },
  });
  assert.equal((await tell("/notes", { limit: 5, _method: "GET", ...own })).code, undefined);
  assert.deepEqual(sent.at(-1)?.body, { _method: "GET", ...own, limit: 5 });
  for (const method of ["GET", "PUT", "DELETE"]) {
    assert.equal((await tell("/notes/7", { _method: method, ...own })).code, undefined, method);
    assert.deepEqual(sent.at(-1)?.body, { _method: method, ...own });
  }
});

test("a body under that type is held to the document: its data, its size, what may stand beside it", async () => {
  const { sent, tell } = await gate();
  for (const body of [
    { title: 7, ...own },
    { title: "x".repeat(21), ...own },
    { title: "one", _MasterKey: "k", ...own },
    { title: "one", ...own, _InstallationId: { any: "thing" } },
    { title: "one", ...own, _InstallationId: "x".repeat(4097) },
    { limit: 1000, _method: "GET", ...own },
    { where: { $select: 1 }, _method: "GET", ...own },
  ]) {
    const got = await tell("/notes", body);
    assert.equal(got.code, "request-invalid", JSON.stringify(body).slice(0, 90));
  }
  const elsewhere = await tell("/notes", { title: "one", ...own, _ApplicationId: "others" });
  assert.equal(elsewhere.code, "session-invalid");
  assert.ok(sent.every(({ target }) => target === "/users/me"));
});

test("who calls is asked as the app asks, by the session that stands beside the data", async () => {
  const { sent, tell } = await gate();
  await tell("/notes", { limit: 5, _method: "GET", ...own });
  assert.deepEqual(sent[0], {
    method: "POST",
    target: "/users/me",
    type: "application/json",
    body: { _method: "GET", ...own },
  });
  const { _SessionToken: _, ...nobody } = own;
  assert.equal((await tell("/notes", { title: "one", ...nobody })).code, "credential-missing");
  const codeOf = async (session: string): Promise<string | undefined> =>
    (await tell("/notes", { title: "one", ...own, _SessionToken: session })).code;
  assert.equal(await codeOf("r:gone"), "session-invalid");
  // Another answer under the same status says nothing of anybody.
  assert.equal(await codeOf("r:broken"), "caller-unknown");
});

test("what is remembered of a session is remembered for the application that it was shown with", async () => {
  const open = upstream().replace("_ApplicationId: notes", '_ApplicationId: "*"');
  const { sent, tell } = await gate(policy(open));
  const asked = (): number => sent.filter(({ target }) => target === "/users/me").length;
  await tell("/notes", { title: "one", ...own });
  await tell("/notes", { title: "two", ...own });
  assert.equal(asked(), 1);
  await tell("/notes", { title: "three", ...own, _ApplicationId: "others" });
  assert.equal(asked(), 2);
});

test("another's object is neither read, changed nor dropped, although the backend would do it", async () => {
  const { sent, tell } = await gate();
  for (const _method of ["GET", "PUT", "DELETE"]) {
    const got = await tell("/notes/7", { _method, ...others });
    assert.deepEqual([got.status, got.code], [404, "object-not-yours"], _method);
    assert.ok(!got.body.includes("ann"), _method);
  }
  const changed = sent.filter(
    ({ body }) => body["_method"] === "PUT" || body["_method"] === "DELETE",
  );
  assert.deepEqual(changed, []);
});

test("a sign-out has its session asked about again", async () => {
  const { sent, tell } = await gate();
  const asked = (): number => sent.filter(({ target }) => target === "/users/me").length;
  await tell("/notes", { title: "one", ...own });
  await tell("/logout", own);
  assert.equal(asked(), 1);
  await tell("/notes", { title: "one", ...own });
  assert.equal(asked(), 2);
});

test("a body that has no one reading, another charset, or a field beside the session is refused", async () => {
  const { ask, tell } = await gate();
  const twice = `{"title":"a","title":"b",${JSON.stringify(own).slice(1)}`;
  const doubled = await ask("nobody", "POST", "/notes", twice, plain);
  assert.equal(doubled.code, "method-ambiguous");
  const latin = ["Content-Type", "text/plain; charset=utf-16"];
  assert.notEqual((await tell("/notes", { title: "one", ...own }, latin)).code, undefined);
  const both = policy().replace(
    "credential: { body: /_SessionToken }",
    "credential: [{ body: /_SessionToken }, { header: X-Parse-Session-Token }]",
  );
  const beside = await gate(both);
  const got = await beside.tell("/notes", { title: "one", ...own }, [
    ...plain,
    "X-Parse-Session-Token",
    "r:ben",
  ]);
  assert.equal(got.code, "credential-ambiguous");
});

test("without a word of the policy, text stays text, and what stands beside the data is data", async () => {
  const observed = "{ default: enforce, authentication: observe }";
  const bare = policy('"http://127.0.0.1:9"', observed).replace("body: /_Session", "header: X-");
  const { tell } = await gate(bare);
  const got = await tell("/notes", { title: "one", ...own });
  assert.equal(got.code, "media-type-unsupported");
});

test("a policy that cannot be meant is a fault: a method and an envelope of one name, a session that no question can carry", async () => {
  const faults = [
    [upstream().replace("_InstallationId", "_method"), /names the method already/],
    [upstream(), /does not say which answers/, "status: 400, "],
    [upstream().replace("methodFrom: body._method, ", ""), /has no body/],
    [upstream().replace("text/plain", "application/x-www-form-urlencoded"), /readsAsJson/],
  ] as const;
  for (const [reads, words, left = ""] of faults)
    await assert.rejects(gate(policy(reads).replace(left, "")), words);
});
