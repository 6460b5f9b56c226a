import { createPublicKey, type KeyObject, verify, type webcrypto } from "node:crypto";
import { refuse, type Refusal } from "../refusal.ts";
import type { CompactToken } from "./compact-token.ts";
import { type SigningAlgorithm, signingAlgorithms } from "./signing-algorithms.ts";

/** Public keys of an issuer, imported ahead. Keys that do not fit an algorithm of the policy are left out. */
export interface KeySet {
  readonly size: number;
  /** Nothing when the signature holds. */
  checkSignature(token: CompactToken): Refusal | undefined;
}

interface VerificationKey {
  readonly kid: string | undefined;
  readonly algorithm: SigningAlgorithm;
  readonly key: KeyObject;
}

const leastRsaBits = 2048;

/** @param algorithms names from the policy; a name that is not in the table is a fault of the policy, found before this */
export function compileKeySet(jwks: { readonly keys: readonly webcrypto.JsonWebKey[] }, algorithms: readonly string[]): KeySet {
  const allowed = algorithms.flatMap((name) => signingAlgorithms.get(name) ?? []);
  const keys = jwks.keys.flatMap((jwk) => importKey(jwk, allowed));
  const byName = new Map<string, readonly VerificationKey[]>();
  for (const { name } of allowed) byName.set(name, keys.filter((key) => key.algorithm.name === name));
  return {
    size: keys.length,
    checkSignature({ header, signature, signed }) {
      const { alg, kid } = header;
      const candidates = typeof alg === "string" ? byName.get(alg) : undefined;
      if (candidates === undefined) return refuse("token-algorithm-refused", { detail: `alg ${JSON.stringify(alg)?.slice(0, 20) ?? "absent"}` });
      const named = kid === undefined ? candidates : candidates.filter((key) => key.kid === kid);
      // Without a kid, trying several keys would let a caller choose how much work a token costs.
      const [only, another] = named;
      if (only === undefined || another !== undefined) return refuse("token-key-unknown", { detail: kid === undefined ? "the token names no key and the issuer has several" : "the issuer has no such key" });
      return holds(only, signed, signature) ? undefined : refuse("token-signature-invalid");
    },
  };
}

function holds({ algorithm, key }: VerificationKey, signed: string, signature: Buffer): boolean {
  if (algorithm.signatureBytes !== undefined && signature.length !== algorithm.signatureBytes) return false;
  const data = Buffer.from(signed, "latin1");
  if (algorithm.keyType === "ec") return verify(algorithm.digest, data, { key, dsaEncoding: "ieee-p1363" }, signature);
  if (algorithm.keyType === "ed25519") return verify(null, data, key, signature);
  return verify(algorithm.digest, data, algorithm.name.startsWith("PS") ? { key, padding: algorithm.padding as number, saltLength: Number(algorithm.digest?.slice(3)) / 8 } : { key, padding: algorithm.padding as number }, signature);
}

function importKey(jwk: webcrypto.JsonWebKey & { kid?: unknown }, allowed: readonly SigningAlgorithm[]): VerificationKey[] {
  if (jwk.kty === "oct" || jwk["d"] !== undefined) return [];
  if (jwk.use !== undefined && jwk.use !== "sig") return [];
  if (Array.isArray(jwk.key_ops) && !jwk.key_ops.includes("verify")) return [];
  let key: KeyObject;
  try {
    key = createPublicKey({ key: jwk, format: "jwk" });
  } catch {
    return [];
  }
  const { asymmetricKeyDetails: details, asymmetricKeyType: type } = key;
  return allowed
    .filter((algorithm) => {
      if (jwk.alg !== undefined && jwk.alg !== algorithm.name) return false;
      if (algorithm.keyType !== type) return false;
      if (type === "ec") return details?.namedCurve === algorithm.curve;
      return type === "rsa" ? (details?.modulusLength ?? 0) >= leastRsaBits : true;
    })
    .map((algorithm) => ({ kid: typeof jwk.kid === "string" ? jwk.kid : undefined, algorithm, key }));
}
