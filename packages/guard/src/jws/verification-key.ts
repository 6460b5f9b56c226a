import { createPublicKey, type KeyObject, verify, type webcrypto } from "node:crypto";
import type { SigningAlgorithm } from "./signing-algorithms.ts";

/** A public key (RFC 7517), imported ahead for one algorithm. */
export interface VerificationKey {
  readonly kid: string | undefined;
  readonly algorithm: SigningAlgorithm;
  readonly key: KeyObject;
}

const leastRsaBits = 2048;

/** Whether the signature is this key's over the text. */
export function holds(
  { algorithm, key }: VerificationKey,
  signed: string,
  signature: Buffer,
): boolean {
  if (algorithm.signatureBytes !== undefined && signature.length !== algorithm.signatureBytes)
    return false;
  const data = Buffer.from(signed, "latin1");
  if (algorithm.keyType === "ec")
    return verify(algorithm.digest, data, { key, dsaEncoding: "ieee-p1363" }, signature);
  if (algorithm.keyType === "ed25519") return verify(null, data, key, signature);
  return verify(
    algorithm.digest,
    data,
    algorithm.name.startsWith("PS")
      ? {
          key,
          padding: algorithm.padding as number,
          saltLength: Number(algorithm.digest?.slice(3)) / 8,
        }
      : { key, padding: algorithm.padding as number },
    signature,
  );
}

/** The key, once for every algorithm it may serve; private and shared keys serve none. */
export function importKey(
  jwk: webcrypto.JsonWebKey & { kid?: unknown },
  allowed: readonly SigningAlgorithm[],
): VerificationKey[] {
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
    .map((algorithm) => ({
      kid: typeof jwk.kid === "string" ? jwk.kid : undefined,
      algorithm,
      key,
    }));
}
