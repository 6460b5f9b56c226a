import type { Configuration, KoaContextWithOIDC } from "oidc-provider";
import { accountOf, type Accounts } from "../people/accounts.ts";
import { currentWork } from "../rotation/unit-of-work.ts";
import { issuerPaths } from "../names/issuer-document.ts";
import type { Sealing } from "../store/sealing.ts";
import { grantFor } from "./grants.ts";
import { everyScopeOf, type IssuerRules, type SignedInAccount, strengths } from "./issuer-rules.ts";
import { promptPolicy } from "./prompt-policy.ts";
import { providerFeatures } from "./provider-features.ts";
import { errorPage } from "./provider-pages.ts";
import type { PrivateJwk } from "./signing-keys.ts";
import { tokenClaims } from "./token-claims.ts";

const codeSeconds = 60;
const idTokenSeconds = 3600;
const interactionSeconds = 30 * 60;
const pushedSeconds = 90;

/**
 * The provider's whole configuration. What is not wanted of OAuth is off: nothing implicit, no
 * passwords at the token endpoint.
 */
export function providerSettings(
  rules: IssuerRules,
  keys: readonly PrivateJwk[],
  accounts: Accounts,
  sealing: Sealing,
): Configuration {
  return {
    jwks: { keys: [...keys] },
    clients: [],
    discovery: {
      authorization_challenge_endpoint: rules.nativeSignIn
        ? `${rules.issuer}${issuerPaths.challenge}`
        : undefined,
    },
    ...whatIsSpoken(rules),
    ...stricterChoices,
    routes: {
      authorization: issuerPaths.authorization,
      token: issuerPaths.token,
      pushed_authorization_request: issuerPaths.pushedAuthorizationRequest,
      revocation: issuerPaths.revocation,
      introspection: issuerPaths.introspection,
      userinfo: issuerPaths.userinfo,
      jwks: issuerPaths.jwks,
      end_session: issuerPaths.endSession,
    },
    cookies: cookiesOf(rules, sealing),
    ttl: livesOf(rules),
    features: providerFeatures(rules, sealing),
    interactions: {
      url: (_context, { uid }) => `${issuerPaths.signIn}/${uid}`,
      policy: promptPolicy(rules),
    },
    findAccount: (_context, id) => findAccount(accounts, id),
    loadExistingGrant: (context) => grantFor(context, rules),
    // Pages of a client may read answers that are for that client, and nobody else's pages.
    clientBasedCORS: (_context, origin, client) =>
      (client.redirectUris ?? []).some((uri) => URL.parse(uri)?.origin === origin),
    issueRefreshToken: (context, client) =>
      Promise.resolve(client.grantTypeAllowed("refresh_token") && isBound(context, client, rules)),
    extraTokenClaims: (context, token) =>
      tokenClaims(context, token as { grantId?: string; jkt?: string }, rules),
    formats: {
      customizers: {
        // A service that is called like a customer must not be taken for one: what owners are
        // compared with is a person's name (RFC 9068 section 5).
        jwt: (_context, token, { payload }) => {
          if (token.kind === "ClientCredentials")
            payload["sub"] = `client:${payload["client_id"] as string}`;
        },
      },
    },
    renderError: (context, out) => {
      context.type = "html";
      context.body = errorPage(out.error, out.error_description);
    },
  };
}

const whatIsSpoken = (rules: IssuerRules): Configuration => ({
  scopes: ["openid", "offline_access", "email", ...everyScopeOf(rules)],
  claims: {
    openid: ["sub"],
    email: ["email", "email_verified"],
    acr: null,
    amr: null,
    auth_time: null,
    sid: null,
  },
  acrValues: [...strengths],
  subjectTypes: ["public"],
  responseTypes: ["code"],
  clientDefaults: {
    id_token_signed_response_alg: "ES256",
    token_endpoint_auth_method: "none",
    grant_types: ["authorization_code", "refresh_token"],
    response_types: ["code"],
  },
  clientAuthMethods: [
    "client_secret_basic",
    "private_key_jwt",
    ...(asksForCertificates(rules) ? (["self_signed_tls_client_auth"] as const) : []),
    "none",
  ],
  enabledJWA: {
    clientAuthSigningAlgValues: ["ES256", "ES384", "EdDSA", "Ed25519", "PS256", "RS256"],
    idTokenSigningAlgValues: ["ES256"],
    dPoPSigningAlgValues: ["ES256", "ES384", "EdDSA", "Ed25519", "PS256", "RS256"],
  },
});

/** The gate asks callers for a certificate at the handshake, and passes it on. */
const asksForCertificates = ({ binding }: IssuerRules): boolean =>
  binding === "mtls" || binding === "optional";

/** Where the standards leave a choice, the stricter one. */
const stricterChoices: Configuration = {
  pkce: { required: () => true },
  allowOmittingSingleRegisteredRedirectUri: false,
  rotateRefreshToken: true,
  expiresWithSession: () => false,
  clockTolerance: 0,
  conformIdTokenClaims: false,
};

function cookiesOf(
  { issuer }: IssuerRules,
  sealing: Sealing,
): NonNullable<Configuration["cookies"]> {
  const secure = issuer.startsWith("https:");
  return {
    keys: [sealing.derive("cookies", 32).toString("base64url")],
    names: {
      session: secure ? "__Host-session" : "session",
      interaction: secure ? "__Secure-interaction" : "interaction",
      resume: secure ? "__Secure-resume" : "resume",
    },
    long: { httpOnly: true, sameSite: "lax", secure, path: "/" },
    short: { httpOnly: true, sameSite: "lax", secure },
  };
}

const livesOf = (rules: IssuerRules): NonNullable<Configuration["ttl"]> => ({
  AccessToken: rules.accessTokenSeconds,
  ClientCredentials: rules.accessTokenSeconds,
  AuthorizationCode: codeSeconds,
  IdToken: idTokenSeconds,
  Interaction: interactionSeconds,
  PushedAuthorizationRequest: pushedSeconds,
  Session: rules.sessionSeconds,
  Grant: rules.refreshTokenSeconds,
  RefreshToken: (_context, token) => {
    const since = token.iiat === undefined ? 0 : Math.floor(Date.now() / 1000) - token.iiat;
    return Math.max(1, Math.min(rules.idleSeconds, rules.refreshTokenSeconds - since));
  },
});

async function findAccount(accounts: Accounts, id: string): Promise<SignedInAccount | undefined> {
  // What the request has read to judge its tokens is not read again.
  const read = currentWork.getStore()?.people.get(id);
  const account = read === undefined ? await accounts.byId(id) : accountOf(read);
  if (account === undefined || account.disabled) return undefined;
  return {
    accountId: id,
    account,
    claims: () => ({
      sub: id,
      ...(account.email === undefined
        ? {}
        : { email: account.email, email_verified: account.emailVerified }),
    }),
  };
}

/**
 * RFC 9700 section 2.2.2: a refresh token that anybody could use is not given to a client that can
 * keep no secret. It is bound by a proof of possession, or by the certificate of the handshake.
 */
const isBound = (
  context: KoaContextWithOIDC,
  client: { readonly clientAuthMethod?: string | undefined },
  { binding }: IssuerRules,
): boolean =>
  client.clientAuthMethod !== "none" ||
  context.get("DPoP") !== "" ||
  (binding === "mtls" && context.req.headers["portcullis-client-certificate"] !== undefined);
