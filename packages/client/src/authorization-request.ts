import type { PendingSignIn } from "./session-record.ts";

/** How the person is to sign in, beside what every sign-in asks for. */
export interface SignInWishes {
  readonly acrValues?: readonly string[] | undefined;
  readonly maxAgeSeconds?: number | undefined;
  readonly loginHint?: string | undefined;
  readonly prompt?: string | undefined;
  readonly locales?: readonly string[] | undefined;
}

/** The parameters of an authorization request (RFC 6749 section 4.1.1, RFC 7636). */
export const authorizationParameters = (
  clientId: string,
  scopes: readonly string[],
  pending: PendingSignIn,
  challenge: string,
  { acrValues, locales, loginHint, maxAgeSeconds, prompt }: SignInWishes,
): Readonly<Record<string, string | undefined>> => ({
  client_id: clientId,
  redirect_uri: pending.redirectUri,
  response_type: "code",
  scope: scopes.join(" "),
  state: pending.state,
  nonce: pending.nonce,
  code_challenge: challenge,
  code_challenge_method: "S256",
  acr_values: acrValues?.join(" "),
  max_age: maxAgeSeconds === undefined ? undefined : String(maxAgeSeconds),
  login_hint: loginHint,
  prompt,
  ui_locales: locales?.join(" "),
});
