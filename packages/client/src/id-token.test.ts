import assert from "node:assert/strict";
import { test } from "node:test";
import { checkIdToken, claimsOf, type IdTokenExpected } from "./id-token.ts";

const now = 1_800_000_000;
const expected: IdTokenExpected = {
  issuer: "https://login.example",
  clientId: "app",
  nonce: "n-1",
  serverNow: now * 1000,
  required: true,
};
const good = {
  iss: "https://login.example",
  sub: "ann",
  aud: "app",
  exp: now + 60,
  iat: now,
  nonce: "n-1",
};

const part = (value: unknown): string => Buffer.from(JSON.stringify(value)).toString("base64url");
const tokenOf = (claims: object, header: object = { alg: "ES256" }): string =>
  `${part(header)}.${part(claims)}.c2lnbmF0dXJl`;
const isTaken = (token: string | undefined, over: Partial<IdTokenExpected> = {}): boolean => {
  try {
    checkIdToken(token, { ...expected, ...over });
    return true;
  } catch {
    return false;
  }
};

test("an ID token of this issuer, for this app, of this sign-in and of now is taken", () => {
  assert.ok(isTaken(tokenOf(good)));
  assert.ok(isTaken(tokenOf({ ...good, aud: ["app"] })));
  assert.ok(isTaken(tokenOf({ ...good, aud: ["app", "other"], azp: "app" })));
  assert.ok(isTaken(tokenOf({ ...good, exp: now - 59 })));
  assert.equal(claimsOf(tokenOf(good))?.sub, "ann");
});

test("an ID token of which one thing does not fit is not taken", () => {
  const cases: readonly object[] = [
    { iss: "https://login.example.evil" },
    { iss: undefined },
    { sub: "" },
    { sub: 7 },
    { aud: "other" },
    { aud: ["other"] },
    { aud: [] },
    { aud: ["app", "other"] },
    { aud: ["app", "other"], azp: "other" },
    { azp: "other" },
    { nonce: "n-2" },
    { nonce: undefined },
    { iat: undefined },
    { exp: undefined },
    { exp: String(now + 60) },
    { exp: now - 60 },
  ];
  for (const over of cases)
    assert.equal(isTaken(tokenOf({ ...good, ...over })), false, JSON.stringify(over));
});

test("what is no signed token is none, and one that is asked for must be there", () => {
  for (const header of [{ alg: "none" }, { alg: "NONE" }, {}])
    assert.equal(isTaken(tokenOf(good, header)), false);
  for (const text of ["", "a.b", "a.b.c", `${tokenOf(good)}.d`]) assert.equal(isTaken(text), false);
  assert.equal(isTaken(undefined), false);
  assert.ok(isTaken(undefined, { required: false }));
});

test("a refresh has no nonce of its own", () => {
  assert.ok(isTaken(tokenOf({ ...good, nonce: undefined }), { nonce: undefined }));
});
