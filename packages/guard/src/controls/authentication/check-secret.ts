import { createPublicKey } from "node:crypto";
import { leastSecretBytes, type SharedSecretAlgorithm } from "../../jws/shared-secret.ts";

/** Nobody writes a shorter one by intention, and every program guesses it at once. */
const leastShortBytes = 4;

/**
 * Why a text cannot be the secret of an algorithm, in words; undefined where it can. A public key is
 * none: everybody has it, and could sign (RFC 8725 section 2.1).
 *
 * @param accepted whether the policy says why a short one must be taken
 */
export function secretFault(
  algorithm: SharedSecretAlgorithm,
  text: string,
  accepted: boolean,
): string | undefined {
  if (isPublic(text)) return "it is a public key or certificate, which everybody has";
  const bytes = Buffer.byteLength(text);
  const least = leastSecretBytes[algorithm];
  if (bytes < leastShortBytes) return `a secret of ${bytes} bytes is found at once`;
  if (bytes >= least || accepted) return undefined;
  return (
    `it is ${bytes} bytes long, and ${algorithm} needs ${least}: whoever has one token can try ` +
    "secrets until one fits. Make one with: openssl rand -base64 48 (or say why not: shortBecause)"
  );
}

function isPublic(text: string): boolean {
  if (/-----BEGIN|^\s*(ssh-|ecdsa-)/.test(text)) return true;
  try {
    const value: unknown = JSON.parse(text);
    if (typeof value === "object" && value !== null && ("kty" in value || "keys" in value))
      return true;
  } catch {
    // No JSON: perhaps DER.
  }
  const der = Buffer.from(text, "base64");
  if (der.length < 40 || der[0] !== 0x30) return false;
  try {
    createPublicKey({ key: der, format: "der", type: "spki" });
    return true;
  } catch {
    return false;
  }
}
