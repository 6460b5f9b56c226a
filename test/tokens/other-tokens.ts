import { accessTokens } from "./vendor-tokens.ts";
import { tenant, type Vendor } from "./vendors.ts";

const audience = "https://api.example.com";

/** ID tokens of issuers whose APIs are called with access tokens. */
export const idTokens: Partial<Record<Vendor, Readonly<Record<string, unknown>>>> = {
  auth0: { sub: "auth0|64a1", nonce: "n", sid: "s-1" },
  cognito: { sub: "a1b2", token_use: "id", "cognito:username": "ann", auth_time: 1 },
  keycloak: { sub: "f:1", typ: "ID", azp: "bank-app", at_hash: "h", sid: "s-1" },
  entra: { sub: "pairwise", tid: tenant, oid: "o-1", ver: "2.0", nonce: "n" },
  okta: { ver: 1, jti: "ID.1", sub: "00u1", amr: ["pwd"], idp: "00o1" },
  zitadel: { sub: "2001", azp: "app@bank", at_hash: "h" },
  ory: { sub: "k-1", at_hash: "h", sid: "s-1", rat: 1 },
};

/** Tokens with everything but the marks of the preset that they are shown to. */
export const otherTokens: readonly (readonly [Vendor, Readonly<Record<string, unknown>>])[] = [
  ["keycloak", accessTokens.auth0.claims],
  ["auth0", { ...accessTokens.okta.claims, aud: audience }],
  ["okta", { ...accessTokens.ory.claims, aud: "api://default" }],
  ["ory", { ...accessTokens.zitadel.claims, aud: audience }],
  ["cognito", { ...accessTokens.ory.claims, client_id: "7abc" }],
  ["supabase", { ...accessTokens.firebase.claims, aud: "authenticated" }],
  ["firebase", { ...accessTokens.google.claims, aud: "bank-app" }],
  ["apple", { ...accessTokens.google.claims, aud: "com.example.bank" }],
  ["entra", { ...accessTokens.okta.claims, aud: "api-client-id" }],
  ["clerk", { ...accessTokens.auth0.claims, azp: "https://app.example.com" }],
];
