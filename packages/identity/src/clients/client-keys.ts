import { createHash, X509Certificate } from "node:crypto";
import { readFileSync } from "node:fs";
import { resolve } from "node:path";
import type { JWK } from "oidc-provider";
import type { IdentityPolicy } from "../policy/identity-settings.ts";

/** Public keys by which a program proves who it is: as they are, or where they are fetched from. */
export type ClientKeys =
  | { readonly jwks: { readonly keys: JWK[] } }
  | { readonly certificate: { readonly keys: JWK[] } }
  | { readonly url: string };

/**
 * The keys of the policy's apps, by the app's id.
 *
 * @param folder where relative paths begin
 * @throws Error in words for a person
 */
export function clientKeysOf(
  { apps = [] }: IdentityPolicy,
  folder: string,
): ReadonlyMap<string, ClientKeys> {
  return new Map(
    apps.flatMap(({ id, keys }): [string, ClientKeys][] => {
      if (keys?.url !== undefined) return [[id, { url: keys.url }]];
      if (keys?.certificate !== undefined)
        return [
          [id, { certificate: { keys: [readCertificate(resolve(folder, keys.certificate))] } }],
        ];
      return keys?.file === undefined
        ? []
        : [[id, { jwks: { keys: readKeys(resolve(folder, keys.file)) } }]];
    }),
  );
}

function readKeys(file: string): JWK[] {
  let read: unknown;
  try {
    read = JSON.parse(readFileSync(file, "utf8"));
  } catch (fault) {
    throw new Error(`the keys in ${file} cannot be read: ${(fault as Error).message}`, {
      cause: fault,
    });
  }
  const keys = (read as { readonly keys?: unknown } | null)?.keys;
  if (!Array.isArray(keys) || keys.length === 0 || !keys.every(isPublicKey))
    throw new Error(
      `${file} is no set of public keys.\nExpected: {"keys":[{"kty":"EC","crv":"P-256","x":"...","y":"..."}]},` +
        " without the private part (d), which stays with the app",
    );
  return keys as JWK[];
}

/** Registered as a key with its certificate (RFC 8705 section 2.2). */
function readCertificate(file: string): JWK {
  try {
    const { publicKey, raw } = new X509Certificate(readFileSync(file));
    return {
      ...publicKey.export({ format: "jwk" }),
      x5c: [raw.toString("base64")],
      "x5t#S256": createHash("sha256").update(raw).digest("base64url"),
    } as JWK;
  } catch (fault) {
    throw new Error(`the certificate ${file} cannot be read: ${(fault as Error).message}`, {
      cause: fault,
    });
  }
}

const isPublicKey = (key: unknown): boolean =>
  typeof key === "object" &&
  key !== null &&
  ["EC", "RSA", "OKP"].includes((key as { readonly kty?: string }).kty ?? "") &&
  !("d" in key) &&
  !("k" in key);
