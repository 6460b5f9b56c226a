import type { webcrypto } from "node:crypto";
import { refuse, type Refusal } from "../../facts/refusal.ts";
import { problems } from "./problems.ts";
import type { CompactToken } from "../../jws/compact-token.ts";
import { importSharedSecret, type SharedSecretAlgorithm } from "../../jws/shared-secret.ts";
import { signingAlgorithms } from "../../jws/signing-algorithms.ts";
import { holds, importKey, type VerificationKey } from "../../jws/verification-key.ts";

/**
 * Public keys of an issuer, imported ahead. Keys that do not fit an algorithm of the policy are
 * left out.
 */
export interface KeySet {
  readonly size: number;
  /** Undefined when the signature is valid. */
  checkSignature(token: CompactToken): Refusal | undefined;
}

/** One secret that issuer and gate share, for one algorithm by its name and no other. */
export function compileSharedSecretSet(
  algorithm: SharedSecretAlgorithm,
  text: string,
): Pick<KeySet, "checkSignature"> {
  const secret = importSharedSecret(algorithm, text);
  return {
    checkSignature({ header, signature, signed }) {
      if (header["alg"] !== algorithm)
        return refuse(problems["token-algorithm-refused"], {
          detail: `alg ${JSON.stringify(header["alg"])?.slice(0, 20) ?? "absent"}`,
        });
      return secret.holds(signed, signature)
        ? undefined
        : refuse(problems["token-signature-invalid"]);
    },
  };
}

/**
 * @param algorithms names from the policy; a name that is not in the table is a fault of the
 * policy, found before this
 */
export function compileKeySet(
  jwks: { readonly keys: readonly webcrypto.JsonWebKey[] },
  algorithms: readonly string[],
): KeySet {
  const allowed = algorithms.flatMap((name) => signingAlgorithms.get(name) ?? []);
  const keys = jwks.keys.flatMap((jwk) => importKey(jwk, allowed));
  const byName = new Map<string, readonly VerificationKey[]>();
  for (const { name } of allowed)
    byName.set(
      name,
      keys.filter((key) => key.algorithm.name === name),
    );
  return {
    size: keys.length,
    checkSignature({ header, signature, signed }) {
      const { alg, kid } = header;
      const candidates = typeof alg === "string" ? byName.get(alg) : undefined;
      if (candidates === undefined)
        return refuse(problems["token-algorithm-refused"], {
          detail: `alg ${JSON.stringify(alg)?.slice(0, 20) ?? "absent"}`,
        });
      const named = kid === undefined ? candidates : candidates.filter((key) => key.kid === kid);
      // Without a kid, trying several keys would let a caller choose how much work a token costs.
      const [only, another] = named;
      if (only === undefined || another !== undefined)
        return refuse(problems["token-key-unknown"], {
          detail:
            kid === undefined
              ? "the token names no key and the issuer has several"
              : "the issuer has no such key",
        });
      return holds(only, signed, signature)
        ? undefined
        : refuse(problems["token-signature-invalid"]);
    },
  };
}
