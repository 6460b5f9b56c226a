import * as oauth from "oauth4webapi";
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
export async function authorizationParameters(
  clientId: string,
  scopes: readonly string[],
  pending: PendingSignIn,
  { acrValues, locales, loginHint, maxAgeSeconds, prompt }: SignInWishes,
): Promise<URLSearchParams> {
  const parameters = new URLSearchParams({
    client_id: clientId,
    redirect_uri: pending.redirectUri,
    response_type: "code",
    scope: scopes.join(" "),
    state: pending.state,
    nonce: pending.nonce,
    code_challenge: await oauth.calculatePKCECodeChallenge(pending.verifier),
    code_challenge_method: "S256",
  });
  if (acrValues !== undefined) parameters.set("acr_values", acrValues.join(" "));
  if (maxAgeSeconds !== undefined) parameters.set("max_age", String(maxAgeSeconds));
  if (loginHint !== undefined) parameters.set("login_hint", loginHint);
  if (prompt !== undefined) parameters.set("prompt", prompt);
  if (locales !== undefined) parameters.set("ui_locales", locales.join(" "));
  return parameters;
}
