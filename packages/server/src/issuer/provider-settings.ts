import { X509Certificate } from "node:crypto";
import { type Account as ProviderAccount, type Configuration, interactionPolicy, type KoaContextWithOIDC } from "oidc-provider";
import type { Account, Accounts } from "../accounts/accounts.ts";
import type { Sealing } from "../store/sealing.ts";
import { issuerPaths } from "./issuer-document.ts";
import { deviceIdOf, sessionIdOf } from "./record-names.ts";
import type { PrivateJwk } from "./signing-keys.ts";

export interface IssuerRules {
  readonly issuer: string;
  readonly audience: string;
  readonly accessTokenSeconds: number;
  readonly refreshTokenSeconds: number;
  readonly idleSeconds: number;
  readonly sessionSeconds: number;
  readonly binding: "none" | "optional" | "dpop" | "mtls";
  readonly requireNonce: boolean;
  /** Some app may sign people in without a browser. */
  readonly nativeSignIn: boolean;
  /** Scopes by role. */
  readonly roles: Readonly<Record<string, readonly string[]>>;
  /** Apps of the owner: their users are not asked whether they may. */
  readonly isFirstParty: (clientId: string) => boolean;
  readonly scopesOf: (clientId: string) => readonly string[] | undefined;
  /** Whether two proofs were once given on this device. */
  readonly isTrustedDevice: (accountId: string, deviceId: string) => Promise<boolean>;
  readonly kindOf: (clientId: string) => "native" | "web" | "service" | undefined;
}

interface SignedInAccount extends ProviderAccount {
  readonly account: Account;
}

const codeSeconds = 60;
const interactionSeconds = 30 * 60;
const pushedSeconds = 90;
/** Ways to have signed in, by how much they prove (RFC 9470 section 4). */
export const strengths: readonly string[] = ["pwd", "mfa"];

/** The provider's whole configuration. What is not wanted of OAuth is off: nothing implicit, no passwords at the token endpoint. */
export function providerSettings(rules: IssuerRules, keys: readonly PrivateJwk[], accounts: Accounts, sealing: Sealing): Configuration {
  const scopesOfRoles = (roles: readonly string[]): string[] => [...new Set(roles.flatMap((role) => rules.roles[role] ?? []))];
  const everyScope = scopesOfRoles(Object.keys(rules.roles));
  const secure = rules.issuer.startsWith("https:");
  const features = {
    devInteractions: { enabled: false },
    dPoP: { enabled: true, nonceSecret: sealing.derive("dpop-nonce", 32), requireNonce: () => rules.requireNonce },
    pushedAuthorizationRequests: { enabled: true, requirePushedAuthorizationRequests: false },
    revocation: { enabled: true, allowedPolicy: (_context: unknown, client: { clientId: string }, token: { clientId?: string }) => token.clientId === client.clientId },
    introspection: { enabled: true, allowedPolicy: (_context: unknown, client: { clientAuthMethod?: string }) => client.clientAuthMethod !== "none" },
    rpInitiatedLogout: { enabled: true, logoutSource: signOutPage, postLogoutSuccessSource: signedOutPage },
    userinfo: { enabled: true },
    clientCredentials: { enabled: true },
    // Known, so that a type nobody here understands is refused and not ignored (RFC 9396 section 5).
    richAuthorizationRequests: { enabled: true, types: {}, authorizationDetailsForGrantSource: () => undefined, authorizationDetailsForAccessToken: () => undefined, authorizationDetailsForIntrospection: () => undefined },
    mTLS: {
      enabled: rules.binding === "mtls" || rules.binding === "optional",
      certificateBoundAccessTokens: true,
      getCertificate: ({ req }: KoaContextWithOIDC): X509Certificate | undefined => {
        const encoded = req.headers["portcullis-client-certificate"];
        return typeof encoded === "string" ? new X509Certificate(Buffer.from(encoded, "base64")) : undefined;
      },
    },
    resourceIndicators: {
      enabled: true,
      defaultResource: () => rules.audience,
      useGrantedResource: () => true,
      getResourceServerInfo: (context: KoaContextWithOIDC, resource: string, client: { clientId: string }) => {
        if (resource !== rules.audience) throw new Error("there is no such API");
        const { account } = (context.oidc.entities.Account as SignedInAccount | undefined) ?? {};
        const allowed = rules.scopesOf(client.clientId) ?? everyScope;
        const held = rules.kindOf(client.clientId) === "service" ? allowed : account === undefined ? allowed : allowed.filter((scope) => scopesOfRoles(account.roles).includes(scope));
        return { scope: held.join(" "), audience: rules.audience, accessTokenFormat: "jwt" as const, accessTokenTTL: rules.accessTokenSeconds, jwt: { sign: { alg: "ES256" as const } } };
      },
    },
  };
  return {
    jwks: { keys: [...keys] },
    clients: [],
    discovery: { authorization_challenge_endpoint: rules.nativeSignIn ? `${rules.issuer}${issuerPaths.challenge}` : undefined },
    scopes: ["openid", "offline_access", "email", ...everyScope],
    claims: { openid: ["sub"], email: ["email", "email_verified"], acr: null, amr: null, auth_time: null, sid: null },
    clientDefaults: { id_token_signed_response_alg: "ES256", token_endpoint_auth_method: "none", grant_types: ["authorization_code", "refresh_token"], response_types: ["code"] },
    responseTypes: ["code"],
    acrValues: [...strengths],
    subjectTypes: ["public"],
    enabledJWA: { idTokenSigningAlgValues: ["ES256"], dPoPSigningAlgValues: ["ES256", "ES384", "EdDSA", "Ed25519", "PS256", "RS256"] },
    pkce: { required: () => true },
    allowOmittingSingleRegisteredRedirectUri: false,
    // Pages of a client may read answers that are for that client, and nobody else's pages.
    clientBasedCORS: (_context, origin, client) => (client.redirectUris ?? []).some((uri) => URL.parse(uri)?.origin === origin),
    rotateRefreshToken: true,
    expiresWithSession: () => false,
    clockTolerance: 0,
    formats: {
      customizers: {
        // A service that is called like a customer must not be taken for one: what owners are compared with is a person's name (RFC 9068 section 5).
        jwt: (_context, token, { payload }) => {
          if (token.kind === "ClientCredentials") payload["sub"] = `client:${payload["client_id"] as string}`;
        },
      },
    },
    conformIdTokenClaims: false,
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
    cookies: {
      keys: [sealing.derive("cookies", 32).toString("base64url")],
      names: { session: secure ? "__Host-session" : "session", interaction: secure ? "__Secure-interaction" : "interaction", resume: secure ? "__Secure-resume" : "resume" },
      long: { httpOnly: true, sameSite: "lax", secure, path: "/" },
      short: { httpOnly: true, sameSite: "lax", secure },
    },
    ttl: {
      AccessToken: rules.accessTokenSeconds,
      ClientCredentials: rules.accessTokenSeconds,
      AuthorizationCode: codeSeconds,
      IdToken: 3600,
      Interaction: interactionSeconds,
      PushedAuthorizationRequest: pushedSeconds,
      Session: rules.sessionSeconds,
      Grant: rules.refreshTokenSeconds,
      RefreshToken: (_context, token) => {
        const since = token.iiat === undefined ? 0 : Math.floor(Date.now() / 1000) - token.iiat;
        return Math.max(1, Math.min(rules.idleSeconds, rules.refreshTokenSeconds - since));
      },
    },
    features: features as unknown as NonNullable<Configuration["features"]>,
    interactions: { url: (_context, { uid }) => `${issuerPaths.signIn}/${uid}`, policy: promptPolicy(rules) },
    async findAccount(_context, id) {
      const account = await accounts.byId(id);
      if (account === undefined || account.disabled) return undefined;
      const found: SignedInAccount = { accountId: id, account, claims: () => ({ sub: id, ...(account.email === undefined ? {} : { email: account.email, email_verified: account.emailVerified }) }) };
      return found;
    },
    loadExistingGrant: (context) => grantFor(context, rules, everyScope),
    // RFC 9700 section 2.2.2: a refresh token that anybody could use is not given to a client that can keep no secret.
    issueRefreshToken: (context, client) => Promise.resolve(client.grantTypeAllowed("refresh_token") && (client.clientAuthMethod !== "none" || context.get("DPoP") !== "" || (rules.binding === "mtls" && context.req.headers["portcullis-client-certificate"] !== undefined))),
    extraTokenClaims: (context, token) => tokenClaims(context, token as { grantId?: string; jkt?: string; clientId?: string }, rules),
    renderError: (context, out) => {
      context.type = "html";
      context.body = errorPage(out.error, out.error_description);
    },
  };
}

/** Signing in again where the operation asked for more than the session has (RFC 9470), which the provider leaves to its user. */
function promptPolicy(rules: IssuerRules): interactionPolicy.DefaultPolicy {
  const policy = interactionPolicy.base();
  policy.get("login")?.checks.add(
    new interactionPolicy.Check("acr_values", "a stronger sign-in is asked for", "login_required", ({ oidc }) => {
      const asked = textOf(oidc.params?.["acr_values"]).split(" ").filter((value) => strengths.includes(value));
      return asked.length > 0 && !asked.some((value) => strengths.indexOf(oidc.session?.acr ?? "") >= strengths.indexOf(value));
    }),
  );
  const consent = policy.get("consent");
  // An app of the owner's own needs no leave of its users to be what it is.
  for (const reason of ["native_client_prompt", "op_scopes_missing", "op_claims_missing", "rs_scopes_missing"]) {
    const check = consent?.checks.get(reason);
    if (check === undefined || consent === undefined) continue;
    const { check: original } = check;
    check.check = (context) => (rules.isFirstParty(context.oidc.client?.clientId ?? "") ? false : original(context));
  }
  return policy;
}

/** Each sign-in of the owner's own app is a grant of its own, so that ending one ends one. */
async function grantFor({ oidc }: KoaContextWithOIDC, rules: IssuerRules, everyScope: readonly string[]): Promise<InstanceType<typeof oidc.provider.Grant> | undefined> {
  const { client, provider, result, session } = oidc;
  if (client === undefined || session?.accountId === undefined) return undefined;
  if (!rules.isFirstParty(client.clientId)) {
    const given = result?.consent?.grantId ?? session.grantIdFor(client.clientId);
    return given === undefined ? undefined : provider.Grant.find(given);
  }
  const grant = new provider.Grant({ accountId: session.accountId, clientId: client.clientId });
  giveAll(grant, client.clientId, rules, everyScope);
  await grant.save();
  return grant;
}

type Grant = InstanceType<KoaContextWithOIDC["oidc"]["provider"]["Grant"]>;

/** An app of the owner's own is given what its users' roles allow at the moment each token is made. */
export function giveAll(grant: Grant, clientId: string, rules: Pick<IssuerRules, "audience" | "scopesOf">, everyScope: readonly string[]): void {
  grant.addOIDCScope("openid email offline_access");
  grant.addOIDCClaims(["sub", "email", "email_verified"]);
  grant.addResourceScope(rules.audience, (rules.scopesOf(clientId) ?? everyScope).join(" "));
}

/** What the gate and the backend learn of the caller beside the standard's claims. */
async function tokenClaims({ oidc }: KoaContextWithOIDC, { grantId, jkt }: { readonly grantId?: string; readonly jkt?: string }, rules: IssuerRules): Promise<Record<string, unknown>> {
  const { Account: who, AuthorizationCode: code, RefreshToken: refresh } = oidc.entities as unknown as { Account?: SignedInAccount; AuthorizationCode?: SignInFacts; RefreshToken?: SignInFacts & { rotations?: number } };
  const facts = refresh ?? code;
  const { account } = who ?? {};
  if (account === undefined) return rules.kindOf(oidc.client?.clientId ?? "") === "service" ? { system: true } : {};
  return {
    roles: account.roles,
    account_version: account.version,
    ...(account.tier === undefined ? {} : { tier: account.tier }),
    ...(facts?.acr === undefined ? {} : { acr: facts.acr }),
    ...(facts?.amr === undefined ? {} : { amr: facts.amr }),
    ...(facts?.authTime === undefined ? {} : { auth_time: facts.authTime }),
    ...(jkt === undefined ? {} : { device: deviceIdOf(jkt), device_trusted: facts?.acr === "mfa" || (await rules.isTrustedDevice(account.id, deviceIdOf(jkt))) }),
    ...(grantId === undefined ? {} : { sid: sessionIdOf(grantId), generation: refresh?.rotations ?? 0 }),
  };
}

const textOf = (value: unknown): string => (typeof value === "string" ? value : "");

interface SignInFacts {
  readonly acr?: string;
  readonly amr?: readonly string[];
  readonly authTime?: number;
}

const escape = (text: string): string => text.replaceAll(/[&<>"']/g, (character) => `&#${character.charCodeAt(0)};`);
const page = (title: string, body: string): string => `<!doctype html><html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width"><title>${title}</title><link rel="stylesheet" href="${issuerPaths.signIn}/style.css"></head><body><main>${body}</main></body></html>`;

function errorPage(error: string, description: string | undefined): string {
  return page("Sign-in cannot go on", `<h1>Sign-in cannot go on</h1><p>Go back to the app and start again.</p><p class="note">${escape(error)}${description === undefined ? "" : `: ${escape(description)}`}</p>`);
}

function signOutPage(context: KoaContextWithOIDC, form: string): void {
  context.body = page("Sign out", `<h1>Sign out?</h1>${form}<p><button form="op.logoutForm" name="logout" value="yes">Sign out</button></p><p><button class="plain" form="op.logoutForm">Stay signed in</button></p>`);
}

function signedOutPage(context: KoaContextWithOIDC): void {
  context.body = page("Signed out", "<h1>You are signed out</h1><p>This page can be closed.</p>");
}
