import assert from "node:assert/strict";
import { test } from "node:test";
import { backend } from "./objects.ts";
import { plannedJourney } from "./planned-journey.ts";

const document = `openapi: 3.1.0
info: { title: Open, version: v1 }
security: []
paths: { /rates: { get: { operationId: rates, responses: { "200": { description: ok } } } } }
components: { securitySchemes: { token: { type: http, scheme: bearer } } }
`;
const policy = `portcullis: 1
mode: enforce
limits: { admission: off }
apis: [{ openapi: openapi.yaml, upstream: "http://127.0.0.1:9" }]
identity: { issuer: https://login.example, audience: x }
`;

/** What is answered where nobody needs to sign in, to a credential that is sent all the same. */
async function answerTo(
  authorizationOf: (token: string) => string,
  claims: object = {},
): Promise<string> {
  const ask = await plannedJourney({
    document,
    policy,
    backend,
    authorizationOf,
    claimsOf: () => ({ ...claims }),
  });
  const { code, status } = await ask("ann", "GET", "/rates");
  return code ?? String(status);
}

test("a bad credential is refused where none is needed too: who was signed in is not served as a stranger", async () => {
  assert.equal(await answerTo((token) => `Bearer ${token}`), "200");
  assert.equal(await answerTo(() => "Basic YTpi"), "200", "another scheme is not the API's");
  assert.equal(await answerTo(() => "Bearer a.b.c"), "token-malformed");
  assert.equal(await answerTo(() => "Bearer"), "credential-malformed");
  assert.equal(
    await answerTo((token) => `Bearer ${token}`, { aud: "y" }),
    "token-audience-mismatch",
  );
});
