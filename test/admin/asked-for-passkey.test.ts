import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { answerRequest } from "../../packages/server/src/admin/answer-request.ts";
import { type ServedAdmin, serveAdmin } from "./served-admin.ts";
import { somebodyIsThere } from "./somebody.ts";

let admin: ServedAdmin;
before(async () => {
  admin = await serveAdmin();
  await somebodyIsThere(admin.holds.store);
});
after(() => admin.close());

const all = { operation: "listNotes", reason: "a test" };
const grant = { kind: "order", from: "ann", to: "ben", object: "o-1", reason: "holiday" };
const asks = true;
const goesOn = false;

/** Every change, and whether somebody who is signed in shows the passkey again before it. */
const changes: readonly (readonly [change: string, isAsked: boolean, body?: unknown])[] = [
  ["POST /pseudonyms/{pseudonym}/reveal", asks, { because: "a claim" }],
  ["PATCH /incidents/{id}", goesOn, { state: "closed" }],
  ["POST /incidents/{id}/responses", goesOn, { do: "pressure", reason: "it goes on" }],
  ["POST /incidents/{id}/responses", goesOn, { do: "quarantine", reason: "it goes on" }],
  ["POST /incidents/{id}/responses", asks, { do: "revoke", reason: "it goes on" }],
  ["POST /incidents/{id}/responses", asks, { do: "enforce", reason: "it goes on" }],
  ["DELETE /incidents/{id}/responses/{response}", goesOn],
  ["POST /alerts/test", goesOn],
  ["POST /mutes", goesOn, { reason: "a test", ttlSeconds: 60 }],
  ["DELETE /mutes/{id}", goesOn],
  ["POST /releases", goesOn, { app: "harbour-ios", version: "3.5.0" }],
  ["DELETE /releases/{app}/{version}", goesOn],
  ["POST /pressure/{kind}/{value}", goesOn, { operations: "read" }],
  ["POST /pressure/{kind}/{value}/lift", goesOn, { operations: "read" }],
  ["POST /limits/give", goesOn, { keys: ["address:203.0.113.9"] }],
  ["POST /console/invitations", asks, { role: "viewer", name: "gia" }],
  ["PATCH /console/people/{name}", asks, { role: "operator" }],
  ["DELETE /console/people/{name}", asks],
  ["POST /users", goesOn, { email: "ann@notes.example" }],
  ["PATCH /users/{id}", goesOn, { disabled: true }],
  ["DELETE /users/{id}", goesOn],
  ["DELETE /users/{id}/sessions", asks],
  ["DELETE /users/{id}/sessions/{session}", goesOn],
  ["POST /revocations", asks, { kind: "subject", source: "people", value: "7" }],
  ["POST /revocations", goesOn, { kind: "session", source: "people", value: "7" }],
  ["POST /revocations/lift", goesOn, { kind: "session", source: "people", value: "7" }],
  ["POST /clients", asks, { id: "reports", kind: "service", scopes: ["notes:read"] }],
  ["PATCH /clients/{id}", goesOn, { disabled: true }],
  ["DELETE /clients/{id}", goesOn],
  ["POST /grants", goesOn, { ...grant, ttlSeconds: 60 }],
  ["DELETE /grants/{id}", goesOn],
  ["DELETE /impersonations/{id}", goesOn],
  ["POST /switches", asks, { ...all, state: "enforce", control: "ownership" }],
  ["POST /switches", asks, { ...all, state: "enforce", control: "ownership", percent: 100 }],
  ["POST /switches", asks, { ...all, state: "enforce", control: "ownership", app: ">=0" }],
  ["POST /switches", asks, { ...all, state: "enforce", control: "ownership", app: ">0 >=0" }],
  ["POST /switches", asks, { ...all, state: "enforce", control: "ownership", app: "odd" }],
  ["POST /switches", asks, { ...all, state: "off" }],
  ["POST /switches", goesOn, { ...all, state: "enforce", control: "ownership", app: ">=3.4" }],
  ["POST /switches", goesOn, { ...all, state: "enforce", control: "ownership", percent: 25 }],
  ["POST /switches", goesOn, { ...all, state: "observe", control: "ownership" }],
  ["POST /switches", goesOn, { ...all, state: "off", control: "ownership" }],
  ["POST /switches", goesOn, { ...all, state: "off", app: "<3.1" }],
  ["POST /switches", goesOn, { ...all, state: "on" }],
  ["DELETE /switches/{id}", goesOn],
  ["POST /admin-tokens", asks, { name: "ci", role: "viewer", ttlSeconds: 60 }],
  ["DELETE /admin-tokens/{name}", goesOn],
];

/** Somebody of the console asks, who may do everything and has shown the passkey long ago, or not. */
async function asked(change: string, body: unknown, isConfirmed: boolean): Promise<string> {
  const [method = "", template = ""] = change.split(" ");
  const session = { isConfirmed: () => isConfirmed, stands: async () => true };
  const reply = await answerRequest(
    {
      routes: admin.routes,
      credential: admin.credential,
      tokens: undefined,
      access: { administratorOf: async () => ({ actor: "console:ada", role: "admin", session }) },
      note: async (act) => void admin.noted.push(act),
      say: () => undefined,
    },
    {
      method,
      target: template.replaceAll(/\{\w+\}/g, "nobody"),
      headers: {},
      traceparent: undefined,
      readJson: async () => body,
    },
  );
  return "body" in reply ? String(reply.body) : "";
}

test("each change is listed with whether it asks for the passkey", () => {
  const served = admin.routes
    .filter(({ method }) => method !== "GET")
    .map(({ method, path }) => `${method} ${path}`);
  assert.deepEqual([...new Set(changes.map(([change]) => change))].toSorted(), served.toSorted());
});

for (const [change, isAsked, body] of changes)
  test(`${change} ${isAsked ? "asks for the passkey, and is done by whoever has shown it" : "goes on"}: ${JSON.stringify(body ?? {})}`, async () => {
    admin.noted.splice(0);
    const answer = await asked(change, body, false);
    assert.equal(/"code":\s*"passkey-needed"/.test(answer), isAsked, answer);
    assert.equal(admin.noted.length, isAsked ? 0 : 1, "what is not done is not written down");
    if (isAsked) assert.doesNotMatch(await asked(change, body, true), /passkey-needed/);
  });
