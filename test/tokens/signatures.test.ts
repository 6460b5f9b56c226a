import assert from "node:assert/strict";
import { createHmac, generateKeyPairSync, sign } from "node:crypto";
import { test } from "node:test";
import { SignJWT } from "jose";
import type { Refusal } from "@portcullis/guard/problems";
import { usualCaller, usualRules } from "./usual-rules.ts";
import { compileAccessTokenCheck } from "../../packages/guard/src/controls/authentication/access-token.ts";
import { compileKeySet } from "../../packages/guard/src/controls/authentication/key-set.ts";
import { readCompactToken } from "../../packages/guard/src/jws/compact-token.ts";
import {
  claims,
  code,
  ec,
  ed,
  forge,
  header,
  jwk,
  jwks,
  now,
  part,
  rsa,
  unknown,
} from "./forged-token.ts";

test("every algorithm of the policy verifies what another implementation signed", async () => {
  for (const [alg, kid, key] of [
    ["RS256", "rsa", rsa.privateKey],
    ["PS256", "rsa", rsa.privateKey],
    ["EdDSA", "ed", ed.privateKey],
  ] as const) {
    assert.equal(
      code(
        await new SignJWT({ ...claims }).setProtectedHeader({ alg, kid, typ: "at+jwt" }).sign(key),
      ),
      "accepted c-1",
      alg,
    );
  }
});

test("an unsigned token, and one signed with the public key as a shared secret, are refused", () => {
  assert.equal(code(`${part({ ...header, alg: "none" })}.${part(claims)}.`), "token-malformed");
  assert.equal(code(forge({ header: { ...header, alg: "none" } })), "token-algorithm-refused");
  const signed = `${part({ alg: "HS256", kid: "rsa", typ: "at+jwt" })}.${part(claims)}`;
  const secret = rsa.publicKey.export({ type: "spki", format: "pem" });
  assert.equal(
    code(`${signed}.${createHmac("sha256", secret).update(signed).digest("base64url")}`),
    "token-algorithm-refused",
  );
  assert.equal(code(forge({ header: { ...header, alg: "toString" } })), "token-algorithm-refused");
});

test("a key that comes with the token is not its judge", () => {
  for (const name of ["jwk", "jku", "x5u", "x5c"])
    assert.equal(
      code(
        forge({
          header: {
            ...header,
            [name]: name === "jwk" ? jwk(ec.publicKey, {}) : "https://evil.example/keys",
          },
        }),
      ),
      "token-malformed",
      name,
    );
  for (const rest of [{ crit: ["exp"] }, { b64: false }, { zip: "DEF" }])
    assert.equal(code(forge({ header: { ...header, ...rest } })), "token-malformed");
});

test("a key serves only the algorithm it fits", () => {
  assert.equal(code(forge({ header: { ...header, kid: "rsa" } })), "token-key-unknown");
  assert.equal(code(forge({ header: { ...header, kid: "weak" } })), "token-key-unknown");
  assert.equal(compileKeySet(jwks, ["RS256"]).size, 1);
  assert.equal(
    compileKeySet(
      {
        keys: [
          jwk(ec.privateKey, { kid: "ec" }),
          { kty: "oct", k: "AAAA" },
          jwk(ec.publicKey, { use: "enc" }),
          jwk(ec.publicKey, { key_ops: ["sign"] }),
        ],
      },
      ["ES256"],
    ).size,
    0,
  );
});

test("an unknown key is reported, so that the issuer's keys can be fetched again", () => {
  const before = unknown.keys;
  assert.equal(
    code(forge({ header: { ...header, kid: "../../etc/passwd" } })),
    "token-key-unknown",
  );
  assert.equal(unknown.keys, before + 1);
});

test("signatures that are empty, zero, in another form or of another text do not hold", () => {
  const [h = "", p = "", s = ""] = forge().split(".");
  const zero = Buffer.alloc(64).toString("base64url");
  const der = sign("sha256", Buffer.from(`${h}.${p}`), {
    key: ec.privateKey,
    dsaEncoding: "der",
  }).toString("base64url");
  for (const bad of [zero, der, Buffer.from(s, "base64url").subarray(0, 63).toString("base64url")])
    assert.equal(code(`${h}.${p}.${bad}`), "token-signature-invalid");
  assert.equal(code(`${h}.${part({ ...claims, sub: "c-2" })}.${s}`), "token-signature-invalid");
});

test("before any key was obtained, tokens cannot be judged, and that is not the caller's fault", () => {
  const keyless = compileAccessTokenCheck({
    ...usualRules,
    issuer: "i",
    audiences: ["a"],
    typ: "any",
    callerOf: usualCaller(),
    keys: () => undefined,
    onUnknownKey: () => undefined,
  });
  assert.equal((keyless(forge(), now) as Refusal).problem.code, "keys-unavailable");
});

test("a token that names no key is verified only where there is one that it can mean", () => {
  const unnamed = forge({ header: { ...header, kid: undefined } });
  assert.equal(code(unnamed), "accepted c-1");
  const another = generateKeyPairSync("ec", { namedCurve: "P-256" });
  const several = compileKeySet(
    { keys: [...jwks.keys, jwk(another.publicKey, { kid: "ec-2", alg: "ES256" })] },
    ["ES256"],
  );
  const read = readCompactToken(unnamed);
  assert.ok(!("unread" in read));
  assert.equal(several.checkSignature(read)?.problem.code, "token-key-unknown");
  const named = readCompactToken(forge());
  assert.ok(!("unread" in named));
  assert.equal(several.checkSignature(named), undefined);
});
