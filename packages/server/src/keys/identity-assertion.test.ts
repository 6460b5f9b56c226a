import assert from "node:assert/strict";
import { createLocalJWKSet, type JSONWebKeySet, jwtVerify } from "jose";
import { test } from "node:test";
import type { Caller } from "@portcullis/guard/tokens";
import { compileIdentityAssertion, makeAssertionKey } from "./identity-assertion.ts";

const issuer = "https://api.example";
const key = makeAssertionKey();
const published = createLocalJWKSet(JSON.parse(key.jwks) as JSONWebKeySet);
const assertion = compileIdentityAssertion(key, issuer);
const beginMs = 1_800_000_000_000;

const callerOf = (subject: string): Caller => ({
  subject,
  source: "issuer",
  key: subject,
  elsewhere: false,
  clientId: "app",
  scopes: ["a", "b"],
  roles: ["member"],
  tier: undefined,
  deviceId: undefined,
  boundKey: undefined,
  boundCertificate: undefined,
  sessionId: undefined,
  accountVersion: undefined,
  tokenId: undefined,
  issuedAtSeconds: undefined,
  expiresAtSeconds: beginMs / 1000 + 86_400,
  claims: { acr: "mfa", secret: "stays here" },
});

const textOf = (caller: Caller | undefined, atMs: number): string | undefined =>
  assertion({ caller, receivedAtMs: atMs });

const verified = async (text: string, atMs: number) =>
  jwtVerify(text, published, {
    issuer,
    audience: "portcullis:upstream",
    typ: "portcullis-identity+jwt",
    algorithms: ["ES256"],
    currentDate: new Date(atMs),
  });

test("a backend is told who calls in a token that is good for it alone, and for two minutes", async () => {
  const text = textOf(callerOf("ann"), beginMs) ?? "";
  const { payload } = await verified(text, beginMs);
  const now = beginMs / 1000;
  assert.deepEqual(payload, {
    iss: issuer,
    aud: "portcullis:upstream",
    sub: "ann",
    source: "issuer",
    iat: now,
    exp: now + 120,
    client_id: "app",
    scope: "a b",
    roles: ["member"],
    acr: "mfa",
  });
  await assert.rejects(verified(text, beginMs + 121_000));
});

test("nothing is said of who is not signed in", () => {
  assert.equal(textOf(undefined, beginMs), undefined);
});

test("an assertion is used for a minute, so that a backend never gets one that has ended", async () => {
  const caller = callerOf("ann");
  const first = textOf(caller, beginMs);
  assert.equal(textOf(caller, beginMs + 59_000), first);
  const later = textOf(caller, beginMs + 60_000) ?? "";
  assert.notEqual(later, first);
  await verified(later, beginMs + 150_000);
  assert.notEqual(textOf(callerOf("ben"), beginMs), first);
});
