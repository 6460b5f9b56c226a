import type { KoaContextWithOIDC } from "oidc-provider";
import { deviceIdOf, sessionIdOf } from "../names/record-names.ts";
import type { IssuerRules, SignedInAccount } from "./issuer-rules.ts";

/** What a code or a refresh token says of its sign-in. */
interface SignInFacts {
  readonly acr?: string;
  readonly amr?: readonly string[];
  readonly authTime?: number;
}

/** What the gate and the backend learn of the caller beside the standard's claims. */
export async function tokenClaims(
  { oidc }: KoaContextWithOIDC,
  { grantId, jkt }: { readonly grantId?: string; readonly jkt?: string },
  rules: IssuerRules,
): Promise<Record<string, unknown>> {
  const {
    Account: who,
    AuthorizationCode: code,
    RefreshToken: refresh,
  } = oidc.entities as unknown as {
    Account?: SignedInAccount;
    AuthorizationCode?: SignInFacts;
    RefreshToken?: SignInFacts & { rotations?: number };
  };
  const facts = refresh ?? code;
  // Of a client that keeps a secret: the gate asks it for no proof of a key.
  const confidential =
    oidc.client?.clientAuthMethod === "none" ? {} : { client_confidential: true };
  const { account } = who ?? {};
  if (account === undefined)
    return rules.kindOf(oidc.client?.clientId ?? "") === "service"
      ? { system: true, ...confidential }
      : {};
  return {
    ...confidential,
    roles: account.roles,
    account_version: account.version,
    ...(account.tier === undefined ? {} : { tier: account.tier }),
    ...(facts?.acr === undefined ? {} : { acr: facts.acr }),
    ...(facts?.amr === undefined ? {} : { amr: facts.amr }),
    ...(facts?.authTime === undefined ? {} : { auth_time: facts.authTime }),
    ...(jkt === undefined
      ? {}
      : {
          device: deviceIdOf(jkt),
          device_trusted:
            facts?.acr === "mfa" || (await rules.isTrustedDevice(account.id, deviceIdOf(jkt))),
        }),
    ...(grantId === undefined
      ? {}
      : { sid: sessionIdOf(grantId), generation: refresh?.rotations ?? 0 }),
  };
}
