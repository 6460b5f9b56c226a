import { createHmac, createSecretKey, type KeyObject, timingSafeEqual } from "node:crypto";

/** Algorithms with a shared secret (RFC 7518 section 3.2): used by name alone, never from a list. */
export const sharedSecretAlgorithms = ["HS256", "HS384", "HS512"] as const;
export type SharedSecretAlgorithm = (typeof sharedSecretAlgorithms)[number];

const digests = { HS256: "sha256", HS384: "sha384", HS512: "sha512" } as const;

/** RFC 7518 section 3.2: as long as the hash, or the secret can be found from one token. */
export const leastSecretBytes: Readonly<Record<SharedSecretAlgorithm, number>> = {
  HS256: 32,
  HS384: 48,
  HS512: 64,
};

export interface SharedSecret {
  holds(signed: string, signature: Buffer): boolean;
}

export function importSharedSecret(algorithm: SharedSecretAlgorithm, text: string): SharedSecret {
  const key: KeyObject = createSecretKey(Buffer.from(text, "utf8"));
  const digest = digests[algorithm];
  return {
    holds(signed, signature) {
      const made = createHmac(digest, key).update(signed, "latin1").digest();
      return made.length === signature.length && timingSafeEqual(made, signature);
    },
  };
}
