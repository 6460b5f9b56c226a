/** Where a token's claims are: names, names with dots, or JSON pointers. */
export interface ClaimPlaces {
  readonly sub: string;
  readonly client: readonly string[];
  readonly roles: string;
  readonly scopes: readonly string[];
  readonly tier: string | undefined;
  readonly device: string | undefined;
  readonly session: string;
  /** Claims under names of the operator's own, for owner rules. */
  readonly own: Readonly<Record<string, string>>;
}

/** How the tokens of a known issuer look, as its documentation says. */
export interface Preset {
  readonly typ: "at+jwt" | "any";
  /** `id`: apps of this issuer call with ID tokens, which are refused everywhere else. */
  readonly kind: "access" | "id";
  readonly claims: Partial<ClaimPlaces>;
  /** What every token of this kind says; one that does not is another kind, or another issuer's. */
  readonly requires: Readonly<Record<string, readonly string[]>>;
  /** The client is always named; ID tokens of the same issuer do not name it. */
  readonly clientNeeded?: true;
  /** The issuer's addresses; undefined where it may be any. */
  readonly issuer?: RegExp;
  /** Where keys are, for issuers without a discovery document. */
  readonly jwksUri?: (issuer: string) => string;
  /** Tokens carry no audience: the client must be named instead. */
  readonly withoutAudience?: true;
}

/** Stands for any value: the claim must be there. */
export const anyValue = "*";
const present = [anyValue];
const access = { typ: "any", kind: "access" } as const;
const identity = { typ: "any", kind: "id" } as const;

const table = {
  auth0: {
    ...access,
    requires: { "/azp": present },
    claims: { client: ["/azp"], scopes: ["/scope", "/permissions"], roles: "/permissions" },
  },
  cognito: {
    ...access,
    requires: { "/token_use": ["access"], "/client_id": present },
    claims: { client: ["/client_id"], roles: "/cognito:groups", session: "/origin_jti" },
    issuer: /^https:\/\/cognito-idp\.[a-z0-9-]+\.amazonaws\.com(\.cn)?\/[\w-]+$/,
    withoutAudience: true,
  },
  firebase: {
    ...identity,
    requires: { "/firebase/sign_in_provider": present, "/auth_time": present },
    claims: { roles: "/roles", own: { tenant: "/firebase/tenant" } },
    issuer: /^https:\/\/securetoken\.google\.com\/[a-z0-9-]+$/,
    jwksUri: () =>
      "https://www.googleapis.com/service_accounts/v1/jwk/securetoken@system.gserviceaccount.com",
  },
  keycloak: {
    ...access,
    requires: { "/typ": ["Bearer"], "/azp": present },
    claims: { client: ["/azp"], roles: "/realm_access/roles", session: "/sid" },
  },
  entra: {
    ...access,
    requires: { "/tid": present, "/ver": ["1.0", "2.0"], "/oid": present },
    claims: {
      client: ["/azp", "/appid"],
      scopes: ["/scp"],
      roles: "/roles",
      session: "/sid",
      own: { tenant: "/tid" },
    },
    clientNeeded: true,
    issuer:
      /^https:\/\/(login\.microsoftonline\.(com|us)\/[0-9a-f-]{36}\/v2\.0|sts\.windows\.net\/[0-9a-f-]{36}\/)$/,
  },
  supabase: {
    ...access,
    requires: { "/role": present, "/session_id": present, "/aal": present },
    claims: { roles: "/role", session: "/session_id" },
    jwksUri: (issuer: string) => `${issuer}/.well-known/jwks.json`,
  },
  clerk: {
    ...access,
    requires: { "/sid": present, "/azp": present },
    claims: { client: ["/azp"], roles: "/org_role", own: { tenant: "/org_id" } },
    jwksUri: (issuer: string) => `${issuer}/.well-known/jwks.json`,
    withoutAudience: true,
  },
  okta: {
    ...access,
    requires: { "/cid": present },
    claims: { client: ["/cid"], scopes: ["/scp"], roles: "/groups", own: { uid: "/uid" } },
  },
  zitadel: {
    ...access,
    requires: { "/client_id": present, "/jti": present },
    claims: {
      client: ["/client_id"],
      roles: "/urn:zitadel:iam:org:project:roles",
      own: { tenant: "/urn:zitadel:iam:user:resourceowner:id" },
    },
  },
  ory: {
    ...access,
    requires: { "/client_id": present, "/scp": present },
    claims: { client: ["/client_id"], scopes: ["/scp"], roles: "/ext/roles" },
  },
  apple: {
    ...identity,
    requires: { "/auth_time": present },
    claims: {},
    issuer: /^https:\/\/appleid\.apple\.com$/,
  },
  google: {
    ...identity,
    requires: { "/azp": present },
    claims: { client: ["/azp"], own: { tenant: "/hd" } },
    issuer: /^https:\/\/accounts\.google\.com$/,
  },
} as const satisfies Readonly<Record<string, Preset>>;

export type PresetName = keyof typeof table;
export const presetNames = Object.keys(table) as PresetName[];
export const presets: Readonly<Record<PresetName, Preset>> = table;
