import assert from "node:assert/strict";
import { test } from "node:test";
import { planned } from "../policy/planned.ts";
import { answering } from "./answering.ts";
import { plannedJourney } from "./planned-journey.ts";

const document = `openapi: 3.1.0
info: { title: Notes, version: v1 }
security: [{ token: [] }]
paths: { /notes: { get: { operationId: listNotes, responses: { "200": { description: ok } } } } }
components: { securitySchemes: { token: { type: http, scheme: bearer } } }
`;
const policy = (cors: string): string => `portcullis: 1
mode: { default: enforce, response: off, disclosure: off }
limits: { admission: off }
apis: [{ openapi: openapi.yaml, upstream: "http://127.0.0.1:9" }]
identity: { issuer: https://login.example, audience: x }
${cors}
`;
const own = "https://app.example";

/** A backend that lets every page read its answers, with cookies. */
const echoing = answering(() => ({
  headers: [
    "Access-Control-Allow-Origin",
    "https://evil.example",
    "access-control-allow-credentials",
    "true",
    "Access-Control-Allow-Private-Network",
    "true",
  ],
}));

/** What a page of an origin may do with an answer, by its fields. */
async function saidTo(origin: string, cors: string): Promise<Record<string, string>> {
  const ask = await plannedJourney({ document, policy: policy(cors), backend: echoing });
  const { headers } = await ask("ann", "GET", "/notes", undefined, ["Origin", origin]);
  const said: Record<string, string> = {};
  for (let index = 0; index < headers.length; index += 2) {
    const name = (headers[index] as string).toLowerCase();
    if (name.startsWith("access-control-") && name !== "access-control-expose-headers")
      said[name] = `${said[name] ?? ""}${headers[index + 1]}`;
  }
  return said;
}

test("a backend that echoes any origin opens the API to no page that the policy does not name", async () => {
  const named = `cors: { origins: ["${own}"] }`;
  assert.deepEqual(await saidTo(own, named), { "access-control-allow-origin": own });
  for (const origin of [
    "https://evil.example",
    `${own}.evil.example`,
    "http://app.example",
    "null",
  ])
    assert.deepEqual(await saidTo(origin, named), {}, origin);
  assert.deepEqual(await saidTo(own, `cors: { origins: ["${own}"], credentials: true }`), {
    "access-control-allow-origin": own,
    "access-control-allow-credentials": "true",
  });
});

test("where any page may ask, none asks with its browser's cookies", async () => {
  assert.deepEqual(await saidTo("https://evil.example", 'cors: { origins: ["*"] }'), {
    "access-control-allow-origin": "*",
  });
  const { faults } = await planned('cors: { origins: ["*"], credentials: true }');
  assert.match(faults.join(), /a browser sends no cookies/);
});
