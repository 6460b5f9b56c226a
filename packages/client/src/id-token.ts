import { textOfBase64url } from "./bytes.ts";

/** Who has signed in, and how (OpenID Connect Core section 2), with whatever else the issuer says. */
export interface IdTokenClaims {
  readonly iss: string;
  readonly sub: string;
  readonly aud: string | readonly string[];
  readonly exp: number;
  readonly iat: number;
  readonly nonce?: string;
  readonly azp?: string;
  readonly auth_time?: number;
  readonly acr?: string;
  readonly amr?: readonly string[];
  readonly [claim: string]: unknown;
}

export interface IdTokenExpected {
  readonly issuer: string;
  readonly clientId: string;
  /** That of the sign-in; undefined at a refresh, where the token may be left out too. */
  readonly nonce: string | undefined;
  /** Milliseconds since 1970, as the servers believe. */
  readonly serverNow: number;
  /** Whether there must be one. */
  readonly required: boolean;
}

const toleranceSeconds = 60;

/** @returns undefined where it is no JWT */
export function claimsOf(idToken: string | undefined): IdTokenClaims | undefined {
  return partOf(idToken, 1) as IdTokenClaims | undefined;
}

/**
 * Holds an ID token to OpenID Connect Core section 3.1.3.7. Its signature is not looked at: it came
 * from the issuer's own endpoint over TLS, which that section takes for enough.
 *
 * @throws Error saying what does not fit
 */
export function checkIdToken(idToken: string | undefined, expected: IdTokenExpected): void {
  if (idToken === undefined) {
    if (expected.required) throw new Error("there is no id_token");
    return;
  }
  const claims = claimsOf(idToken);
  const algorithm = partOf(idToken, 0)?.["alg"];
  if (claims === undefined || typeof algorithm !== "string" || /^none$/i.test(algorithm))
    throw new Error("the id_token is malformed");
  const unfit = rows.find(([, fits]) => !fits(claims, expected));
  if (unfit !== undefined) throw new Error(`the id_token's ${unfit[0]} does not fit`);
}

const rows: readonly (readonly [
  claim: string,
  fits: (claims: IdTokenClaims, expected: IdTokenExpected) => boolean,
])[] = [
  ["iss", ({ iss }, { issuer }) => iss === issuer],
  ["sub", ({ sub }) => typeof sub === "string" && sub !== ""],
  [
    "aud",
    ({ aud }, { clientId }) => (Array.isArray(aud) ? aud.includes(clientId) : aud === clientId),
  ],
  // A token for several audiences says for which of them it was made.
  [
    "azp",
    ({ aud, azp }, { clientId }) =>
      azp === undefined ? !Array.isArray(aud) || aud.length < 2 : azp === clientId,
  ],
  ["nonce", ({ nonce }, expected) => expected.nonce === undefined || nonce === expected.nonce],
  ["iat", ({ iat }) => typeof iat === "number"],
  [
    "exp",
    ({ exp }, { serverNow }) =>
      typeof exp === "number" && exp * 1000 > serverNow - toleranceSeconds * 1000,
  ],
];

function partOf(
  token: string | undefined,
  index: number,
): Readonly<Record<string, unknown>> | undefined {
  const parts = token?.split(".") ?? [];
  const text = parts.length === 3 ? textOfBase64url(parts[index] as string) : undefined;
  if (text === undefined) return undefined;
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === "object" && value !== null
      ? (value as Readonly<Record<string, unknown>>)
      : undefined;
  } catch {
    return undefined;
  }
}
