import assert from "node:assert/strict";
import { test } from "node:test";
import { SignJWT } from "jose";
import { compileAccessTokenCheck } from "../../packages/guard/src/controls/authentication/access-token.ts";
import { usualCaller, usualRules } from "./usual-rules.ts";
import { check, claims, code, ec, forge, header, keys, now } from "./forged-token.ts";

test("a token of the issuer is accepted with what it says of its bearer", async () => {
  const token = await new SignJWT({ ...claims }).setProtectedHeader(header).sign(ec.privateKey);
  const outcome = check(token, now);
  assert.ok(!("problem" in outcome));
  assert.deepEqual(
    [outcome.subject, outcome.clientId, outcome.scopes, outcome.roles, outcome.tier],
    ["c-1", "app", ["accounts:read", "payments:write"], ["customer"], "premium"],
  );
});

test("a token has one spelling", () => {
  const token = forge();
  const [h = "", p = "", s = ""] = token.split(".");
  const last = s.at(-1) ?? "";
  const alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
  const sameBytes = `${s.slice(0, -1)}${alphabet[alphabet.indexOf(last) ^ 1]}`;
  assert.deepEqual(Buffer.from(sameBytes, "base64url"), Buffer.from(s, "base64url"));
  for (const bad of [
    `${h}.${p}.${sameBytes}`,
    `${token}=`,
    `${token}\n`,
    ` ${token}`,
    `${token}.`,
    `${h}.${p}`,
    `${h}..${s}`,
    "",
    "...",
    `${h}.${p}.${s.replace(/.$/, "+")}`,
  ])
    assert.equal(code(bad), "token-malformed", JSON.stringify(bad.slice(-10)));
  assert.equal(
    code(forge({ claims: `{"sub":"c-2",${JSON.stringify(claims).slice(1)}` })),
    "token-malformed",
  );
  assert.equal(
    code(forge({ claims: `{"\\u0073ub":"c-2",${JSON.stringify(claims).slice(1)}` })),
    "token-malformed",
  );
  assert.equal(code(forge({ claims: "[]" })), "token-malformed");
  assert.equal(code("a".repeat(9000)), "token-malformed");
});

test("tokens for another API, from another issuer or of another kind are refused", () => {
  const cases: [object, string][] = [
    [{ aud: "https://other.example" }, "token-audience-mismatch"],
    [{ aud: [] }, "token-audience-mismatch"],
    [{ aud: undefined }, "token-audience-mismatch"],
    [{ aud: [["https://api.example"]] }, "token-audience-mismatch"],
    [{ iss: "https://issuer.example/" }, "token-issuer-mismatch"],
    [{ iss: ["https://issuer.example"] }, "token-issuer-mismatch"],
    [{ sub: "" }, "token-claims-invalid"],
    [{ sub: undefined }, "token-claims-invalid"],
    [{ sub: 7 }, "token-claims-invalid"],
    [{ aud: ["https://other.example", "https://api.example"] }, "accepted c-1"],
  ];
  for (const [over, expected] of cases)
    assert.equal(code(forge({ claims: { ...claims, ...over } })), expected, JSON.stringify(over));
  for (const typ of [undefined, "JWT", "dpop+jwt", "logout+jwt", 7])
    assert.equal(code(forge({ header: { ...header, typ } })), "token-type-mismatch", String(typ));
  assert.equal(code(forge({ header: { ...header, typ: "application/at+jwt" } })), "accepted c-1");
});

test("where any typ is served, an ID token still is none", () => {
  const any = compileAccessTokenCheck({
    ...usualRules,
    issuer: claims.iss,
    audiences: [claims.aud],
    typ: "any",
    callerOf: usualCaller(),
    keys: () => keys,
    onUnknownKey: () => undefined,
  });
  const outcome = (over: object, typ: unknown = "JWT"): string => {
    const result = any(forge({ header: { ...header, typ }, claims: { ...claims, ...over } }), now);
    return "problem" in result ? result.problem.code : "accepted";
  };
  assert.equal(outcome({}), "accepted");
  assert.equal(outcome({}, undefined), "accepted");
  assert.equal(outcome({ nonce: "n" }), "token-type-mismatch");
  assert.equal(outcome({ at_hash: "x" }), "token-type-mismatch");
  assert.equal(outcome({}, "dpop+jwt"), "token-type-mismatch");
});

test("times that are no times are refused, and the edges hold to the second", () => {
  const raw = (exp: string): string =>
    code(forge({ claims: JSON.stringify(claims).replace(`"exp":${claims.exp}`, `"exp":${exp}`) }));
  for (const exp of ['"1900000000"', "-1", "null", "true", "[1900000000]", "1e300"])
    assert.equal(raw(exp), "token-claims-invalid", exp);
  assert.equal(raw("1e400"), "token-malformed");
  const token = forge();
  assert.equal(code(token, claims.exp - 1), "accepted c-1");
  assert.equal(code(token, claims.exp), "token-expired");
  assert.equal(code(forge({ claims: { ...claims, nbf: now + 30 } })), "accepted c-1");
  assert.equal(code(forge({ claims: { ...claims, nbf: now + 31 } })), "token-not-yet-valid");
  assert.equal(code(forge({ claims: { ...claims, iat: "yesterday" } })), "token-claims-invalid");
});

test("claims cannot reach the prototype", () => {
  const outcome = check(
    forge({
      claims: `{"__proto__":{"realm_access":{"roles":["admin"]}},${JSON.stringify({ ...claims, realm_access: undefined }).slice(1)}`,
    }),
    now,
  );
  assert.ok(!("problem" in outcome));
  assert.deepEqual(outcome.roles, []);
});

test("a token that is bound to what the gate cannot check is no bearer token", () => {
  const thumbprint = "0ZcOCORZNYy-DWpqq30jZyJGHTN0d2HglBV3uiguA4I";
  const bound = (cnf: unknown): string => code(forge({ claims: { ...claims, cnf } }));
  for (const cnf of [
    { jkt: thumbprint },
    { "x5t#S256": thumbprint },
    { jkt: thumbprint, "x5t#S256": thumbprint },
  ])
    assert.equal(bound(cnf), "accepted c-1", JSON.stringify(cnf));
  for (const cnf of [
    {},
    null,
    "",
    [],
    { kid: "k-1" },
    { jwk: { kty: "EC" } },
    { osc: thumbprint },
    { jkt: "" },
    { jkt: 7 },
    { jkt: thumbprint, osc: thumbprint },
  ])
    assert.equal(bound(cnf), "token-claims-invalid", JSON.stringify(cnf));
});
