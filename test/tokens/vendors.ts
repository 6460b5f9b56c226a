/** Issuers whose tokens have a preset. */
export const vendors = [
  "auth0",
  "cognito",
  "firebase",
  "keycloak",
  "entra",
  "supabase",
  "clerk",
  "okta",
  "zitadel",
  "ory",
  "apple",
  "google",
] as const;
export type Vendor = (typeof vendors)[number];

export const tenant = "11111111-2222-3333-4444-555555555555";
export const issuers: Readonly<Record<Vendor, string>> = {
  auth0: "https://bank.eu.auth0.com/",
  cognito: "https://cognito-idp.eu-west-1.amazonaws.com/eu-west-1_Ab12Cd34E",
  firebase: "https://securetoken.google.com/bank-app",
  keycloak: "https://id.example.com/realms/bank",
  entra: `https://login.microsoftonline.com/${tenant}/v2.0`,
  supabase: "https://abcdefgh.supabase.co/auth/v1",
  clerk: "https://clerk.example.com",
  okta: "https://bank.okta.com/oauth2/default",
  zitadel: "https://bank.zitadel.cloud",
  ory: "https://bank.projects.oryapis.com",
  apple: "https://appleid.apple.com",
  google: "https://accounts.google.com",
};
