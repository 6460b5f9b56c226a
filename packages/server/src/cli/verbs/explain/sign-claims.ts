import { generateKeyPairSync } from "node:crypto";
import type { TokenSource } from "@portcullis/guard/policy";
import type { Jwks } from "@portcullis/guard/tokens";
import { SignJWT } from "jose";
import { Misuse } from "../../terminal.ts";

const lifeSeconds = 300;

export const nowSeconds = (): number => Math.floor(Date.now() / 1000);

/** How a key for an algorithm of JSON Web Signatures is made (RFC 7518, RFC 8037, RFC 9864). */
const newKeyPair = {
  ES256: () => generateKeyPairSync("ec", { namedCurve: "P-256" }),
  ES384: () => generateKeyPairSync("ec", { namedCurve: "P-384" }),
  EdDSA: () => generateKeyPairSync("ed25519"),
  Ed25519: () => generateKeyPairSync("ed25519"),
  PS256: () => generateKeyPairSync("rsa", { modulusLength: 2048 }),
  RS256: () => generateKeyPairSync("rsa", { modulusLength: 2048 }),
} as const;

const isKnown = (algorithm: string): algorithm is keyof typeof newKeyPair =>
  Object.hasOwn(newKeyPair, algorithm);

/**
 * A token that carries these claims, with the key that this one gate believes: what the caller
 * would be if the issuer had said so. Issuer, audience and times stand where the claims say none.
 *
 * @throws Misuse when the claims are no JSON object
 */
export async function signClaims(
  text: string,
  { algorithms, audiences, issuer = "" }: TokenSource,
): Promise<{ readonly jwks: Jwks; readonly token: string }> {
  const claims = readClaims(text);
  const algorithm = algorithms.find(isKnown);
  if (algorithm === undefined)
    throw new Misuse(`no key can be made here for ${algorithms.join(", ")}; give a --token.`);
  const { privateKey, publicKey } = newKeyPair[algorithm]();
  const now = nowSeconds();
  const token = await new SignJWT({
    iss: issuer,
    aud: [...audiences],
    sub: "somebody",
    iat: now,
    exp: now + lifeSeconds,
    ...claims,
  })
    .setProtectedHeader({ alg: algorithm, kid: "claims", typ: "at+jwt" })
    .sign(privateKey);
  const jwk = { ...publicKey.export({ format: "jwk" }), kid: "claims", alg: algorithm };
  return { jwks: { keys: [jwk] }, token };
}

function readClaims(text: string): Readonly<Record<string, unknown>> {
  try {
    const value: unknown = JSON.parse(text);
    if (typeof value === "object" && value !== null && !Array.isArray(value))
      return value as Record<string, unknown>;
  } catch {
    // Said below.
  }
  throw new Misuse(
    '--claims is no JSON object.\nFor example: --claims \'{"sub":"c-1","roles":["customer"]}\'',
  );
}
