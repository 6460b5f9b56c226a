import { constants } from "node:crypto";

/**
 * How one JWS algorithm (RFC 7518, RFC 8037) is verified. An algorithm that is not in the table is
 * refused: `none`, and those with a shared secret, are left out on purpose.
 */
export interface SigningAlgorithm {
  readonly name: string;
  readonly digest: string | null;
  readonly keyType: "ec" | "rsa" | "ed25519";
  /** EC: the curve the key must be on, by OpenSSL's name. */
  readonly curve?: string;
  /** ECDSA signatures in JWS are R and S side by side, of this length together. */
  readonly signatureBytes?: number;
  readonly padding?: number;
}

const rows: readonly SigningAlgorithm[] = [
  { name: "ES256", digest: "sha256", keyType: "ec", curve: "prime256v1", signatureBytes: 64 },
  { name: "ES384", digest: "sha384", keyType: "ec", curve: "secp384r1", signatureBytes: 96 },
  { name: "ES512", digest: "sha512", keyType: "ec", curve: "secp521r1", signatureBytes: 132 },
  { name: "EdDSA", digest: null, keyType: "ed25519", signatureBytes: 64 },
  { name: "Ed25519", digest: null, keyType: "ed25519", signatureBytes: 64 },
  { name: "RS256", digest: "sha256", keyType: "rsa", padding: constants.RSA_PKCS1_PADDING },
  { name: "RS384", digest: "sha384", keyType: "rsa", padding: constants.RSA_PKCS1_PADDING },
  { name: "RS512", digest: "sha512", keyType: "rsa", padding: constants.RSA_PKCS1_PADDING },
  { name: "PS256", digest: "sha256", keyType: "rsa", padding: constants.RSA_PKCS1_PSS_PADDING },
  { name: "PS384", digest: "sha384", keyType: "rsa", padding: constants.RSA_PKCS1_PSS_PADDING },
  { name: "PS512", digest: "sha512", keyType: "rsa", padding: constants.RSA_PKCS1_PSS_PADDING },
];

export const signingAlgorithms: ReadonlyMap<string, SigningAlgorithm> = new Map(
  rows.map((row) => [row.name, Object.freeze(row)]),
);
