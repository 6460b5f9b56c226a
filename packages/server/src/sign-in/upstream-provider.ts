import { createPrivateKey, type KeyObject } from "node:crypto";
import type { Policy } from "@portcullis/guard/policy/policy-schema";
import { readSecret } from "../keys/read-secret.ts";
import type { UpstreamProvider } from "./federation.ts";

type NamedProvider = NonNullable<NonNullable<Policy["identity"]>["providers"]>[number];

/**
 * A provider as the policy names it, with its secrets read. Apple's answers come as a form, where an address is asked for.
 *
 * @throws Error in words for a person
 */
export function upstreamProviderOf({ apple, clientId, clientSecret, id, issuer, responseMode, scopes, title }: NamedProvider, folder: string, environment: Readonly<Record<string, string | undefined>>): UpstreamProvider {
  const where = `identity.providers, ${id}`;
  const secret = apple !== undefined ? ({ kind: "apple", teamId: apple.teamId, keyId: apple.keyId, key: readKey(readSecret(apple.key, where, folder, environment), where) } as const) : clientSecret === undefined ? undefined : readSecret(clientSecret, where, folder, environment);
  return { id, title: title ?? id, issuer, clientId, secret, responseMode: responseMode ?? (apple === undefined ? "query" : "form_post"), scopes: scopes ?? ["openid", "email"] };
}

function readKey(pem: string, where: string): KeyObject {
  try {
    const key = createPrivateKey(pem);
    if (key.asymmetricKeyDetails?.namedCurve === "prime256v1") return key;
  } catch {
    // Said below, without the key.
  }
  throw new Error(`${where}: the key is none of Apple's (a .p8 file: PEM, PKCS #8, P-256).`);
}
