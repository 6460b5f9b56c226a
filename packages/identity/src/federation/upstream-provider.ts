import { createPrivateKey, type KeyObject } from "node:crypto";
import type { IdentityPolicy } from "../policy/identity-settings.ts";
import type { ReadSecret } from "../names/secret-source.ts";
import type { UpstreamProvider } from "./federation.ts";

type NamedProvider = NonNullable<NonNullable<IdentityPolicy["identity"]>["providers"]>[number];

/**
 * A provider as the policy names it, with its secrets read. Apple's answers come as a form, where
 * an address is asked for.
 *
 * @throws Error in words for a person
 */
export function upstreamProviderOf(
  { apple, clientId, clientSecret, id, issuer, responseMode, scopes, title }: NamedProvider,
  readSecret: ReadSecret,
): UpstreamProvider {
  const where = `identity.providers, ${id}`;
  const secret =
    apple !== undefined
      ? ({
          kind: "apple",
          teamId: apple.teamId,
          keyId: apple.keyId,
          key: readKey(readSecret(apple.key, where), where),
        } as const)
      : clientSecret === undefined
        ? undefined
        : readSecret(clientSecret, where);
  return {
    id,
    title: title ?? id,
    issuer,
    clientId,
    secret,
    responseMode: responseMode ?? (apple === undefined ? "query" : "form_post"),
    scopes: scopes ?? ["openid", "email"],
  };
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
