import assert from "node:assert/strict";
import { createHash, generateKeyPairSync, type KeyObject, sign } from "node:crypto";
import { test } from "node:test";
import { calculateJwkThumbprint } from "jose";
import { createDpopNonces, nonceLifeSeconds } from "./dpop-nonce.ts";
import { compileDpopProofCheck } from "./dpop-proof.ts";
import { thumbprintOf } from "./signed-proof.ts";

const now = 1_800_000_000;
const origin = "https://api.example";
const token = "header.payload.signature";
const keys = generateKeyPairSync("ec", { namedCurve: "P-256" });
const jwk = keys.publicKey.export({ format: "jwk" });
const thumbprint = await calculateJwkThumbprint(jwk);
const nonces = createDpopNonces(Buffer.alloc(32, 1));
const check = compileDpopProofCheck({ origin, windowSeconds: 60, nonces, requireNonce: false });
const strict = compileDpopProofCheck({ origin, windowSeconds: 60, nonces, requireNonce: true });

const part = (value: unknown): string => Buffer.from(JSON.stringify(value)).toString("base64url");
const athOf = (text: string): string => createHash("sha256").update(text).digest("base64url");

interface Over {
  readonly header?: Readonly<Record<string, unknown>>;
  readonly claims?: Readonly<Record<string, unknown>>;
  readonly key?: KeyObject;
}

function prove({ claims = {}, header = {}, key = keys.privateKey }: Over = {}): string {
  const signed = `${part({ typ: "dpop+jwt", alg: "ES256", jwk, ...header })}.${part({ jti: "j-1", htm: "GET", htu: `${origin}/notes`, iat: now, ath: athOf(token), ...claims })}`;
  return `${signed}.${sign("sha256", Buffer.from(signed), { key, dsaEncoding: "ieee-p1363" }).toString("base64url")}`;
}
const request = { method: "GET", path: "/notes", accessToken: token, keyThumbprint: thumbprint };
const code = (proof: string, over: Partial<typeof request> = {}, judge = check): string => {
  const outcome = judge(proof, { ...request, ...over }, now);
  return "problem" in outcome ? outcome.problem.code : "accepted";
};

test("a proof for this request, this token and this key is accepted", () => {
  assert.equal(code(prove()), "accepted");
  assert.equal(thumbprintOf(jwk as Record<string, unknown>), thumbprint);
});

test("every claim of RFC 9449 section 4.3 is held to the request", () => {
  const cases: [string, Over][] = [
    ["typ", { header: { typ: "JWT" } }],
    ["no typ", { header: { typ: undefined } }],
    ["alg none", { header: { alg: "none" } }],
    ["HS256", { header: { alg: "HS256" } }],
    ["alg of another key", { header: { alg: "RS256" } }],
    ["no key", { header: { jwk: undefined } }],
    ["a private key", { header: { jwk: keys.privateKey.export({ format: "jwk" }) } }],
    ["a shared key", { header: { jwk: { kty: "oct", k: "AAAA" } } }],
    ["a point off the curve", { header: { jwk: { ...jwk, y: jwk.x } } }],
    ["crit", { header: { crit: ["jti"] } }],
    ["a key by address", { header: { jku: "https://evil.example" } }],
    ["htm", { claims: { htm: "POST" } }],
    ["htm in small letters", { claims: { htm: "get" } }],
    ["another path", { claims: { htu: `${origin}/other` } }],
    ["another host", { claims: { htu: "https://evil.example/notes" } }],
    ["cleartext", { claims: { htu: "http://api.example/notes" } }],
    ["a user in htu", { claims: { htu: "https://x@api.example/notes" } }],
    ["a trailing slash", { claims: { htu: `${origin}/notes/` } }],
    ["no htu", { claims: { htu: undefined } }],
    ["htu a list", { claims: { htu: [`${origin}/notes`] } }],
    ["another token", { claims: { ath: athOf("other") } }],
    ["no ath", { claims: { ath: undefined } }],
    ["no jti", { claims: { jti: undefined } }],
    ["an empty jti", { claims: { jti: "" } }],
    ["a jti of a kilobyte", { claims: { jti: "j".repeat(1024) } }],
    ["no iat", { claims: { iat: undefined } }],
    ["iat a text", { claims: { iat: String(now) } }],
  ];
  for (const [name, over] of cases) assert.equal(code(prove(over)), "proof-invalid", name);
});

test("the address is compared by its meaning: query, fragment, case of the host, usual port and percent forms do not matter", () => {
  for (const htu of [
    `${origin}/notes?x=1`,
    `${origin}/notes#f`,
    "https://API.example/notes",
    "https://api.example:443/notes",
    `${origin}/%6Eotes`,
  ])
    assert.equal(code(prove({ claims: { htu } })), "accepted", htu);
  assert.equal(code(prove({ claims: { htu: `${origin}/a%20b` } }), { path: "/a%20b" }), "accepted");
  assert.equal(
    code(prove({ claims: { htu: `${origin}/a%2Fb` } }), { path: "/a/b" }),
    "proof-invalid",
  );
});

test("a signature by another key does not hold, and another key than the token's is refused", () => {
  const other = generateKeyPairSync("ec", { namedCurve: "P-256" });
  assert.equal(code(prove({ key: other.privateKey })), "proof-invalid");
  assert.equal(
    code(
      prove({ key: other.privateKey, header: { jwk: other.publicKey.export({ format: "jwk" }) } }),
    ),
    "proof-invalid",
  );
  const weak = generateKeyPairSync("rsa", { modulusLength: 1024 });
  assert.equal(
    code(prove({ header: { alg: "RS256", jwk: weak.publicKey.export({ format: "jwk" }) } })),
    "proof-invalid",
  );
});

test("a clock that is off by more than a minute gets a nonce, and with it is right", () => {
  for (const off of [-60, 60])
    assert.equal(code(prove({ claims: { iat: now + off } })), "accepted", String(off));
  for (const off of [-61, 61, 3600, -86_400]) {
    const outcome = check(prove({ claims: { iat: now + off } }), request, now);
    assert.ok("problem" in outcome);
    assert.equal(outcome.problem.code, "proof-nonce-needed");
    const given = outcome.headers?.find(([name]) => name === "DPoP-Nonce")?.[1];
    assert.equal(code(prove({ claims: { iat: now + off, nonce: given } })), "accepted");
  }
});

test("a nonce is needed where the policy says so, must be of now, and cannot be invented", () => {
  assert.equal(code(prove(), {}, strict), "proof-nonce-needed");
  assert.equal(code(prove({ claims: { nonce: nonces.current(now) } }), {}, strict), "accepted");
  for (const nonce of [
    "",
    "made up",
    7,
    null,
    nonces.current(now - 600),
    nonces.current(now + 600),
    createDpopNonces(Buffer.alloc(32, 2)).current(now),
  ])
    assert.equal(code(prove({ claims: { nonce } })), "proof-nonce-needed", String(nonce));
});

test("a proof is remembered for as long as it could be taken again", () => {
  for (const iat of [now - 60, now, now + 60]) {
    const outcome = check(prove({ claims: { iat } }), request, now);
    assert.ok(!("problem" in outcome));
    assert.ok(now + outcome.lifeSeconds > iat + 60, String(iat - now));
  }
  const withNonce = check(prove({ claims: { nonce: nonces.current(now) } }), request, now);
  assert.ok(!("problem" in withNonce));
  let last = now;
  while (nonces.accepts(nonces.current(now), last)) last += 1;
  assert.ok(last - now <= withNonce.lifeSeconds && withNonce.lifeSeconds <= nonceLifeSeconds);
});

test("two proofs in one field are none", () => {
  assert.equal(code(`${prove()}, ${prove()}`), "proof-invalid");
});
