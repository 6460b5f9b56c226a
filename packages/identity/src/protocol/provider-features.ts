import { X509Certificate } from "node:crypto";
import { type Configuration, errors, type KoaContextWithOIDC } from "oidc-provider";
import type { Sealing } from "../store/sealing.ts";
import {
  everyScopeOf,
  type IssuerRules,
  scopesOfRoles,
  type SignedInAccount,
} from "./issuer-rules.ts";
import { signedOutPage, signOutPage } from "./provider-pages.ts";

/** Which features beyond the core of OAuth are on, and for whom. */
export function providerFeatures(
  rules: IssuerRules,
  sealing: Sealing,
): NonNullable<Configuration["features"]> {
  const features = {
    devInteractions: { enabled: false },
    dPoP: {
      enabled: true,
      nonceSecret: sealing.derive("dpop-nonce", 32),
      requireNonce: () => rules.requireNonce,
    },
    pushedAuthorizationRequests: { enabled: true, requirePushedAuthorizationRequests: false },
    revocation: {
      enabled: true,
      allowedPolicy: (
        _context: unknown,
        client: { clientId: string },
        token: { clientId?: string },
      ) => token.clientId === client.clientId,
    },
    introspection: {
      enabled: true,
      // Refresh tokens alone: of access tokens, structured-tokens.ts answers.
      allowedPolicy: (
        _context: unknown,
        client: { clientAuthMethod?: string; clientId: string },
        token: { clientId?: string },
      ) => client.clientAuthMethod !== "none" && token.clientId === client.clientId,
    },
    rpInitiatedLogout: {
      enabled: true,
      logoutSource: signOutPage,
      postLogoutSuccessSource: signedOutPage,
    },
    userinfo: { enabled: true },
    clientCredentials: { enabled: true },
    // On without a single type, so that a type nobody here understands is refused and not ignored
    // (RFC 9396 section 5).
    richAuthorizationRequests: {
      enabled: true,
      types: {},
      authorizationDetailsForGrantSource: () => undefined,
      authorizationDetailsForAccessToken: () => undefined,
      authorizationDetailsForIntrospection: () => undefined,
    },
    mTLS: {
      enabled: rules.binding === "mtls" || rules.binding === "optional",
      certificateBoundAccessTokens: true,
      selfSignedTlsClientAuth: true,
      getCertificate: clientCertificateOf,
    },
    resourceIndicators: {
      enabled: true,
      defaultResource: () => rules.audience,
      useGrantedResource: () => true,
      getResourceServerInfo: (
        context: KoaContextWithOIDC,
        resource: string,
        client: { clientId: string },
      ) => {
        if (resource !== rules.audience) throw new errors.InvalidTarget("there is no such API");
        return {
          scope: allowedScopes(context, client.clientId, rules).join(" "),
          audience: rules.audience,
          accessTokenFormat: "jwt" as const,
          accessTokenTTL: rules.accessTokenSeconds,
          jwt: { sign: { alg: "ES256" as const } },
        };
      },
    },
  };
  return features as unknown as NonNullable<Configuration["features"]>;
}

/** The certificate that the gate has seen at the TLS handshake, and passes on in base64. */
function clientCertificateOf({ req }: KoaContextWithOIDC): X509Certificate | undefined {
  const encoded = req.headers["portcullis-client-certificate"];
  return typeof encoded === "string"
    ? new X509Certificate(Buffer.from(encoded, "base64"))
    : undefined;
}

/**
 * What a token of this client may be for: what the client may ask for, and of that what its user's
 * roles allow. A service has no user, and may do what it was given.
 */
function allowedScopes(
  { oidc }: KoaContextWithOIDC,
  clientId: string,
  rules: IssuerRules,
): readonly string[] {
  const { account } = (oidc.entities.Account as SignedInAccount | undefined) ?? {};
  const allowed = rules.scopesOf(clientId) ?? everyScopeOf(rules);
  if (rules.kindOf(clientId) === "service" || account === undefined) return allowed;
  const held = scopesOfRoles(rules, account.roles);
  return allowed.filter((scope) => held.includes(scope));
}
