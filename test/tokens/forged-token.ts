import { generateKeyPairSync, type KeyObject, sign } from "node:crypto";
import { compileAccessTokenCheck } from "../../packages/guard/src/controls/authentication/access-token.ts";
import { usualCaller, usualRules } from "./usual-rules.ts";
import { compileKeySet } from "../../packages/guard/src/controls/authentication/key-set.ts";

/** Seconds: when all of this happens. */
export const now = 1_800_000_000;
export const ec = generateKeyPairSync("ec", { namedCurve: "P-256" });
export const rsa = generateKeyPairSync("rsa", { modulusLength: 2048 });
export const weak = generateKeyPairSync("rsa", { modulusLength: 1024 });
export const ed = generateKeyPairSync("ed25519");
export const jwk = (key: KeyObject, rest: object): object => ({
  ...key.export({ format: "jwk" }),
  ...rest,
});
export const jwks = {
  keys: [
    jwk(ec.publicKey, { kid: "ec", alg: "ES256", use: "sig" }),
    jwk(rsa.publicKey, { kid: "rsa" }),
    jwk(weak.publicKey, { kid: "weak" }),
    jwk(ed.publicKey, { kid: "ed" }),
  ],
};
export const keys = compileKeySet(jwks, ["ES256", "RS256", "PS256", "EdDSA"]);
/** How often a token named a key that is not known. */
export const unknown = { keys: 0 };
export const check = compileAccessTokenCheck({
  ...usualRules,
  issuer: "https://issuer.example",
  audiences: ["https://api.example"],
  callerOf: usualCaller({ roles: "realm_access.roles", tier: "plan" }),
  keys: () => keys,
  onUnknownKey: () => (unknown.keys += 1),
});

export const claims = {
  iss: "https://issuer.example",
  aud: "https://api.example",
  sub: "c-1",
  exp: now + 300,
  iat: now,
  client_id: "app",
  scope: "accounts:read payments:write",
  realm_access: { roles: ["customer"] },
  plan: "premium",
};
export const header = { alg: "ES256", kid: "ec", typ: "at+jwt" };
export const part = (value: unknown): string =>
  Buffer.from(typeof value === "string" ? value : JSON.stringify(value)).toString("base64url");

/** A token of the issuer, but for what stands in its place. */
export function forge(over: { header?: unknown; claims?: unknown } = {}): string {
  const signed = `${part(over.header ?? header)}.${part(over.claims ?? claims)}`;
  return `${signed}.${sign("sha256", Buffer.from(signed), { key: ec.privateKey, dsaEncoding: "ieee-p1363" }).toString("base64url")}`;
}
/** What is said of a token: the code of its refusal, or whom it was accepted for. */
export const code = (token: string, at = now): string => {
  const outcome = check(token, at);
  return "problem" in outcome ? outcome.problem.code : `accepted ${outcome.subject}`;
};
