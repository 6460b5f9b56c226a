import type { KoaContextWithOIDC } from "oidc-provider";
import { everyScopeOf, type IssuerRules } from "./issuer-rules.ts";

/**
 * Each sign-in of the operator's own app has a grant of its own, so that one session can be ended
 * without the others.
 */
export async function grantFor(
  { oidc }: KoaContextWithOIDC,
  rules: IssuerRules,
): Promise<InstanceType<typeof oidc.provider.Grant> | undefined> {
  const { client, provider, result, session } = oidc;
  if (client === undefined || session?.accountId === undefined) return undefined;
  if (!rules.isFirstParty(client.clientId)) {
    const given = result?.consent?.grantId ?? session.grantIdFor(client.clientId);
    return given === undefined ? undefined : provider.Grant.find(given);
  }
  const grant = new provider.Grant({ accountId: session.accountId, clientId: client.clientId });
  giveAll(grant, client.clientId, rules);
  await grant.save();
  return grant;
}

type Grant = InstanceType<KoaContextWithOIDC["oidc"]["provider"]["Grant"]>;

/**
 * An app of the operator's own is given what its users' roles allow at the moment each token is
 * made.
 */
export function giveAll(
  grant: Grant,
  clientId: string,
  rules: Pick<IssuerRules, "audience" | "scopesOf" | "roles">,
): void {
  grant.addOIDCScope("openid email offline_access");
  grant.addOIDCClaims(["sub", "email", "email_verified"]);
  grant.addResourceScope(
    rules.audience,
    (rules.scopesOf(clientId) ?? everyScopeOf(rules)).join(" "),
  );
}
