import assert from "node:assert/strict";
import { createHmac, generateKeyPairSync, type KeyObject, sign } from "node:crypto";
import { test } from "node:test";
import { SignJWT } from "jose";
import { compileAccessTokenCheck } from "./access-token.ts";
import { compileKeySet } from "./key-set.ts";
import { cacheVerifiedTokens } from "./verified-token-cache.ts";

const now = 1_800_000_000;
const ec = generateKeyPairSync("ec", { namedCurve: "P-256" });
const rsa = generateKeyPairSync("rsa", { modulusLength: 2048 });
const weak = generateKeyPairSync("rsa", { modulusLength: 1024 });
const ed = generateKeyPairSync("ed25519");
const jwk = (key: KeyObject, rest: object): object => ({ ...key.export({ format: "jwk" }), ...rest });
const jwks = { keys: [jwk(ec.publicKey, { kid: "ec", alg: "ES256", use: "sig" }), jwk(rsa.publicKey, { kid: "rsa" }), jwk(weak.publicKey, { kid: "weak" }), jwk(ed.publicKey, { kid: "ed" })] };
const keys = compileKeySet(jwks, ["ES256", "RS256", "PS256", "EdDSA"]);
let unknownKeys = 0;
const check = compileAccessTokenCheck({ issuer: "https://issuer.example", audiences: ["https://api.example"], typ: "at+jwt", clockToleranceSeconds: 30, rolesClaim: "realm_access.roles", tierClaim: "plan", deviceClaim: undefined, keys: () => keys, onUnknownKey: () => (unknownKeys += 1) });

const claims = { iss: "https://issuer.example", aud: "https://api.example", sub: "c-1", exp: now + 300, iat: now, client_id: "app", scope: "accounts:read payments:write", realm_access: { roles: ["customer"] }, plan: "premium" };
const header = { alg: "ES256", kid: "ec", typ: "at+jwt" };
const part = (value: unknown): string => Buffer.from(typeof value === "string" ? value : JSON.stringify(value)).toString("base64url");

function forge(over: { header?: unknown; claims?: unknown } = {}): string {
  const signed = `${part(over.header ?? header)}.${part(over.claims ?? claims)}`;
  return `${signed}.${sign("sha256", Buffer.from(signed), { key: ec.privateKey, dsaEncoding: "ieee-p1363" }).toString("base64url")}`;
}
const code = (token: string, at = now): string => {
  const outcome = check(token, at);
  return "code" in outcome ? outcome.code : `accepted ${outcome.subject}`;
};

test("a token of the issuer is accepted with what it says of its bearer", async () => {
  const token = await new SignJWT({ ...claims }).setProtectedHeader(header).sign(ec.privateKey);
  const outcome = check(token, now);
  assert.ok(!("code" in outcome));
  assert.deepEqual([outcome.subject, outcome.clientId, outcome.scopes, outcome.roles, outcome.tier], ["c-1", "app", ["accounts:read", "payments:write"], ["customer"], "premium"]);
});

test("every algorithm of the policy verifies what another implementation signed", async () => {
  for (const [alg, kid, key] of [["RS256", "rsa", rsa.privateKey], ["PS256", "rsa", rsa.privateKey], ["EdDSA", "ed", ed.privateKey]] as const) {
    assert.equal(code(await new SignJWT({ ...claims }).setProtectedHeader({ alg, kid, typ: "at+jwt" }).sign(key)), "accepted c-1", alg);
  }
});

test("an unsigned token, and one signed with the public key as a shared secret, are refused", () => {
  assert.equal(code(`${part({ ...header, alg: "none" })}.${part(claims)}.`), "token-malformed");
  assert.equal(code(forge({ header: { ...header, alg: "none" } })), "token-algorithm-refused");
  const signed = `${part({ alg: "HS256", kid: "rsa", typ: "at+jwt" })}.${part(claims)}`;
  const secret = rsa.publicKey.export({ type: "spki", format: "pem" });
  assert.equal(code(`${signed}.${createHmac("sha256", secret).update(signed).digest("base64url")}`), "token-algorithm-refused");
  assert.equal(code(forge({ header: { ...header, alg: "toString" } })), "token-algorithm-refused");
});

test("a key that comes with the token is not its judge", () => {
  for (const name of ["jwk", "jku", "x5u", "x5c"]) assert.equal(code(forge({ header: { ...header, [name]: name === "jwk" ? jwk(ec.publicKey, {}) : "https://evil.example/keys" } })), "token-malformed", name);
  for (const rest of [{ crit: ["exp"] }, { b64: false }, { zip: "DEF" }]) assert.equal(code(forge({ header: { ...header, ...rest } })), "token-malformed");
});

test("a key serves only the algorithm it fits", () => {
  assert.equal(code(forge({ header: { ...header, kid: "rsa" } })), "token-key-unknown");
  assert.equal(code(forge({ header: { ...header, kid: "weak" } })), "token-key-unknown");
  assert.equal(compileKeySet(jwks, ["RS256"]).size, 1);
  assert.equal(compileKeySet({ keys: [jwk(ec.privateKey, { kid: "ec" }), { kty: "oct", k: "AAAA" }, jwk(ec.publicKey, { use: "enc" }), jwk(ec.publicKey, { key_ops: ["sign"] })] }, ["ES256"]).size, 0);
});

test("an unknown key is reported, so that the issuer's keys can be fetched again", () => {
  const before = unknownKeys;
  assert.equal(code(forge({ header: { ...header, kid: "../../etc/passwd" } })), "token-key-unknown");
  assert.equal(unknownKeys, before + 1);
});

test("signatures that are empty, zero, in another form or of another text do not hold", () => {
  const [h = "", p = "", s = ""] = forge().split(".");
  const zero = Buffer.alloc(64).toString("base64url");
  const der = sign("sha256", Buffer.from(`${h}.${p}`), { key: ec.privateKey, dsaEncoding: "der" }).toString("base64url");
  for (const bad of [zero, der, Buffer.from(s, "base64url").subarray(0, 63).toString("base64url")]) assert.equal(code(`${h}.${p}.${bad}`), "token-signature-invalid");
  assert.equal(code(`${h}.${part({ ...claims, sub: "c-2" })}.${s}`), "token-signature-invalid");
});

test("a token has one spelling", () => {
  const token = forge();
  const [h = "", p = "", s = ""] = token.split(".");
  const last = s.at(-1) ?? "";
  const alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
  const sameBytes = `${s.slice(0, -1)}${alphabet[alphabet.indexOf(last) ^ 1]}`;
  assert.deepEqual(Buffer.from(sameBytes, "base64url"), Buffer.from(s, "base64url"));
  for (const bad of [`${h}.${p}.${sameBytes}`, `${token}=`, `${token}\n`, ` ${token}`, `${token}.`, `${h}.${p}`, `${h}..${s}`, "", "...", `${h}.${p}.${s.replace(/.$/, "+")}`]) assert.equal(code(bad), "token-malformed", JSON.stringify(bad.slice(-10)));
  assert.equal(code(forge({ claims: `{"sub":"c-2",${JSON.stringify(claims).slice(1)}` })), "token-malformed");
  assert.equal(code(forge({ claims: `{"\\u0073ub":"c-2",${JSON.stringify(claims).slice(1)}` })), "token-malformed");
  assert.equal(code(forge({ claims: "[]" })), "token-malformed");
  assert.equal(code("a".repeat(9000)), "token-malformed");
});

test("tokens for another API, from another issuer or of another kind are refused", () => {
  const cases: [object, string][] = [
    [{ aud: "https://other.example" }, "token-audience-mismatch"], [{ aud: [] }, "token-audience-mismatch"], [{ aud: undefined }, "token-audience-mismatch"], [{ aud: [["https://api.example"]] }, "token-audience-mismatch"],
    [{ iss: "https://issuer.example/" }, "token-issuer-mismatch"], [{ iss: ["https://issuer.example"] }, "token-issuer-mismatch"],
    [{ sub: "" }, "token-claims-invalid"], [{ sub: undefined }, "token-claims-invalid"], [{ sub: 7 }, "token-claims-invalid"],
    [{ aud: ["https://other.example", "https://api.example"] }, "accepted c-1"],
  ];
  for (const [over, expected] of cases) assert.equal(code(forge({ claims: { ...claims, ...over } })), expected, JSON.stringify(over));
  for (const typ of [undefined, "JWT", "dpop+jwt", "logout+jwt", 7]) assert.equal(code(forge({ header: { ...header, typ } })), "token-type-mismatch", String(typ));
  assert.equal(code(forge({ header: { ...header, typ: "application/at+jwt" } })), "accepted c-1");
});

test("where any typ is served, an ID token still is none", () => {
  const any = compileAccessTokenCheck({ issuer: claims.iss, audiences: [claims.aud], typ: "any", clockToleranceSeconds: 30, rolesClaim: "roles", tierClaim: undefined, deviceClaim: undefined, keys: () => keys, onUnknownKey: () => undefined });
  const outcome = (over: object, typ: unknown = "JWT"): string => {
    const result = any(forge({ header: { ...header, typ }, claims: { ...claims, ...over } }), now);
    return "code" in result ? result.code : "accepted";
  };
  assert.equal(outcome({}), "accepted");
  assert.equal(outcome({}, undefined), "accepted");
  assert.equal(outcome({ nonce: "n" }), "token-type-mismatch");
  assert.equal(outcome({ at_hash: "x" }), "token-type-mismatch");
  assert.equal(outcome({}, "dpop+jwt"), "token-type-mismatch");
});

test("times that are no times are refused, and the edges hold to the second", () => {
  const raw = (exp: string): string => code(forge({ claims: JSON.stringify(claims).replace(`"exp":${claims.exp}`, `"exp":${exp}`) }));
  for (const exp of ['"1900000000"', "-1", "null", "true", "[1900000000]", "1e300"]) assert.equal(raw(exp), "token-claims-invalid", exp);
  assert.equal(raw("1e400"), "token-malformed");
  const token = forge();
  assert.equal(code(token, claims.exp - 1), "accepted c-1");
  assert.equal(code(token, claims.exp), "token-expired");
  assert.equal(code(forge({ claims: { ...claims, nbf: now + 30 } })), "accepted c-1");
  assert.equal(code(forge({ claims: { ...claims, nbf: now + 31 } })), "token-not-yet-valid");
  assert.equal(code(forge({ claims: { ...claims, iat: "yesterday" } })), "token-claims-invalid");
});

test("claims cannot reach the prototype", () => {
  const outcome = check(forge({ claims: `{"__proto__":{"realm_access":{"roles":["admin"]}},${JSON.stringify({ ...claims, realm_access: undefined }).slice(1)}` }), now);
  assert.ok(!("code" in outcome));
  assert.deepEqual(outcome.roles, []);
});

test("before any key was obtained, tokens cannot be judged, and that is not the caller's fault", () => {
  const keyless = compileAccessTokenCheck({ issuer: "i", audiences: ["a"], typ: "any", clockToleranceSeconds: 0, rolesClaim: "roles", tierClaim: undefined, deviceClaim: undefined, keys: () => undefined, onUnknownKey: () => undefined });
  assert.equal((keyless(forge(), now) as { code: string }).code, "keys-unavailable");
});

test("a verified token is verified once, until it ends or the cache is told to forget", () => {
  let verified = 0;
  const cached = cacheVerifiedTokens((token, at) => {
    verified += 1;
    return check(token, at);
  }, 100);
  const token = forge();
  for (let time = 0; time < 5; time += 1) assert.ok(!("code" in cached.verify(token, now)));
  assert.equal(verified, 1);
  assert.equal((cached.verify(token, claims.exp) as { code: string }).code, "token-expired");
  cached.verify(token, now);
  cached.forget();
  cached.verify(token, now);
  assert.equal(verified, 3);
});

test("a good token does not lend its verification to a forged one, and bad ones push nothing out", () => {
  const cached = cacheVerifiedTokens(check, 100);
  const token = forge();
  cached.verify(token, now);
  const [h = "", , s = ""] = token.split(".");
  assert.equal((cached.verify(`${h}.${part({ ...claims, sub: "c-2" })}.${s}`, now) as { code: string }).code, "token-signature-invalid");
  for (let count = 0; count < 1000; count += 1) cached.verify(`${h}.${part({ count })}.${s}`, now);
  let again = 0;
  const counting = cacheVerifiedTokens((text, at) => ((again += 1), check(text, at)), 100);
  counting.verify(token, now);
  for (let count = 0; count < 1000; count += 1) counting.verify(`${h}.${part({ count })}.${s}`, now);
  again = 0;
  counting.verify(token, now);
  assert.equal(again, 0);
});
