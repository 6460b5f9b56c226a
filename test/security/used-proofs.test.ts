import assert from "node:assert/strict";
import { createHash, generateKeyPairSync, sign } from "node:crypto";
import { test } from "node:test";
import { calculateJwkThumbprint } from "jose";
import { backend } from "./objects.ts";
import { type Claims, plannedJourney } from "./planned-journey.ts";

const document = `openapi: 3.1.0
info: { title: Bound, version: v1 }
security: [{ token: [] }]
paths: { /notes: { get: { operationId: notes, responses: { "200": { description: ok } } } } }
components: { securitySchemes: { token: { type: http, scheme: bearer } } }
`;
const { privateKey, publicKey } = generateKeyPairSync("ec", { namedCurve: "P-256" });
const jwk = publicKey.export({ format: "jwk" });
const jkt = await calculateJwkThumbprint(jwk);
const part = (value: unknown): string => Buffer.from(JSON.stringify(value)).toString("base64url");

/** A proof for this token and `GET /notes`, made now. */
function proofOf(token: string, jti: string): string {
  const signed = `${part({ typ: "dpop+jwt", alg: "ES256", jwk })}.${part({
    jti,
    htm: "GET",
    htu: "https://api.example/notes",
    iat: Math.floor(Date.now() / 1000),
    ath: createHash("sha256").update(token).digest("base64url"),
  })}`;
  const made = sign("sha256", Buffer.from(signed), { key: privateKey, dsaEncoding: "ieee-p1363" });
  return `${signed}.${made.toString("base64url")}`;
}

/** What a token with these claims is answered with, sent with proofs of these names. */
async function answers(
  binding: string,
  scheme: string,
  claims: Claims,
  names: readonly (string | undefined)[],
): Promise<readonly string[]> {
  let sent = "";
  const ask = await plannedJourney({
    document,
    backend,
    policy: `portcullis: 1
mode: enforce
publicUrl: https://api.example
limits: { admission: off }
apis: [{ openapi: openapi.yaml, upstream: "http://127.0.0.1:9" }]
identity: { issuer: https://login.example, audience: x, accessToken: { binding: ${binding} } }
`,
    claimsOf: () => claims,
    authorizationOf: (token) => `${scheme} ${(sent = token)}`,
  });
  // The first is not judged: it shows the token that the proofs are made for.
  await ask("ann", "GET", "/notes");
  const got: string[] = [];
  for (const name of names) {
    const headers = name === undefined ? [] : ["DPoP", proofOf(sent, name)];
    const { code, status } = await ask("ann", "GET", "/notes", undefined, headers);
    got.push(code ?? String(status));
  }
  return got;
}

test("a proof is good for one request", async () => {
  assert.deepEqual(await answers("dpop", "DPoP", { cnf: { jkt } }, ["a", "a", "b", "b", "a"]), [
    "200",
    "proof-replayed",
    "200",
    "proof-replayed",
    "proof-replayed",
  ]);
});

test("a bound token that is sent as Bearer opens nothing, even with a good proof", async () => {
  assert.deepEqual(await answers("dpop", "Bearer", { cnf: { jkt } }, ["a"]), ["proof-missing"]);
});

const key = { cnf: { jkt } };
const certificate = { cnf: { "x5t#S256": jkt } };

test("where bound tokens are asked for, one that is bound to nothing, or to the other thing, is refused", async () => {
  const cases: readonly (readonly [string, string, Claims, string | undefined, string])[] = [
    ["dpop", "DPoP", {}, undefined, "token-unbound"],
    ["dpop", "DPoP", {}, "a", "token-unbound"],
    ["dpop", "DPoP", certificate, "a", "certificate-mismatch"],
    ["mtls", "Bearer", {}, undefined, "token-unbound"],
    ["mtls", "Bearer", {}, "a", "token-unbound"],
    ["mtls", "Bearer", certificate, undefined, "certificate-mismatch"],
    ["optional", "Bearer", {}, undefined, "200"],
    ["optional", "Bearer", key, undefined, "proof-missing"],
    ["optional", "Bearer", certificate, undefined, "certificate-mismatch"],
  ];
  for (const [binding, scheme, claims, proof, code] of cases)
    assert.deepEqual(
      await answers(binding, scheme, claims, [proof]),
      [code],
      `${binding} ${scheme} ${JSON.stringify(claims)} ${proof}`,
    );
});
