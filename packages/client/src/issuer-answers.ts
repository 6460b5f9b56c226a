import { type Address, addressOf } from "./address.ts";
import { parametersOf } from "./form.ts";
import { checkIdToken, type IdTokenExpected } from "./id-token.ts";
import { SignInFailed } from "./problems.ts";
import type { SessionRecord } from "./session-record.ts";

type Json = Readonly<Record<string, unknown>>;

/** Of the issuer's metadata (RFC 8414), what is used. */
export interface IssuerMetadata {
  readonly issuer: string;
  readonly authorization_endpoint: string;
  readonly token_endpoint: string;
  readonly pushed_authorization_request_endpoint: string | undefined;
  readonly authorization_challenge_endpoint: string | undefined;
  readonly revocation_endpoint: string | undefined;
  readonly authorization_response_iss_parameter_supported: boolean;
}

/** The issuer has refused a grant, in its own words (RFC 6749 section 5.2). */
export class GrantRefused extends Error {
  readonly error: string;

  constructor(error: string, description: unknown) {
    super(typeof description === "string" ? description : error);
    this.name = "GrantRefused";
    this.error = error;
  }
}

/**
 * @param expected the issuer that was asked: another's metadata would lead its answers elsewhere
 * @throws Error when it is not the issuer's, or lacks what is needed
 */
export function metadataOf(expected: Address, document: Json | undefined): IssuerMetadata {
  const issuer = document?.["issuer"];
  if (document === undefined || typeof issuer !== "string")
    throw new Error("the issuer's metadata is malformed");
  const named = addressOf(issuer);
  if (named.origin !== expected.origin || bare(named.path) !== bare(expected.path))
    throw new Error(`the metadata is that of ${issuer}`);
  const endpoint = (name: string): string | undefined => {
    const address = document[name];
    if (address === undefined) return undefined;
    if (typeof address !== "string") throw new Error(`${name} is malformed`);
    const { origin } = addressOf(address);
    // In the clear only where the issuer itself is, as in development.
    if (!origin.startsWith("https:") && expected.origin.startsWith("https:"))
      throw new Error(`${name} is not https`);
    return address;
  };
  const needed = (name: string): string => {
    const address = endpoint(name);
    if (address === undefined) throw new Error(`the issuer's metadata has no ${name}`);
    return address;
  };
  return {
    issuer,
    authorization_endpoint: needed("authorization_endpoint"),
    token_endpoint: needed("token_endpoint"),
    pushed_authorization_request_endpoint: endpoint("pushed_authorization_request_endpoint"),
    authorization_challenge_endpoint: endpoint("authorization_challenge_endpoint"),
    revocation_endpoint: endpoint("revocation_endpoint"),
    authorization_response_iss_parameter_supported:
      document["authorization_response_iss_parameter_supported"] === true,
  };
}

const bare = (path: string): string => path.replace(/\/$/, "");

/**
 * The code in the address that sign-in returned to.
 *
 * @throws SignInFailed when it is not the answer to this sign-in (RFC 6749 section 10.12, RFC 9207),
 *   or says that it failed
 */
export function codeOf(redirected: string, state: string, metadata: IssuerMetadata): string {
  const foreign = (cause?: unknown): SignInFailed =>
    new SignInFailed(
      "answer-foreign",
      "this is not the answer to the sign-in that was begun",
      cause,
    );
  let parameters: ReadonlyMap<string, string>;
  try {
    parameters = parametersOf(redirected);
  } catch (fault) {
    throw foreign(fault);
  }
  const issuer = parameters.get("iss");
  const mixedUp =
    issuer === undefined
      ? metadata.authorization_response_iss_parameter_supported
      : issuer !== metadata.issuer;
  if (mixedUp || parameters.get("state") !== state) throw foreign();
  const error = parameters.get("error");
  if (error !== undefined)
    throw new SignInFailed(error, parameters.get("error_description") ?? "sign-in was not allowed");
  const code = parameters.get("code");
  if (code === undefined || code === "") throw foreign();
  return code;
}

/**
 * What a token endpoint answers (RFC 6749 section 5).
 *
 * @throws GrantRefused where the issuer refuses; Error where the answer is none
 */
export function tokensOf(
  { body, status }: { readonly body: Json | undefined; readonly status: number },
  expected: IdTokenExpected & { readonly now: number },
): Omit<SessionRecord, "generation"> {
  const error = body?.["error"];
  if (status >= 400 && typeof error === "string")
    throw new GrantRefused(error, body?.["error_description"]);
  const text = (name: string): string | undefined => {
    const value = body?.[name];
    if (value !== undefined && (typeof value !== "string" || value === ""))
      throw new Error(`${name} is malformed`);
    return value;
  };
  const accessToken = text("access_token");
  const tokenType = text("token_type")?.toLowerCase();
  if (status !== 200 || accessToken === undefined) throw new Error(`answered ${status}, no token`);
  if (tokenType !== "dpop" && tokenType !== "bearer") throw new Error("token_type is unknown");
  const idToken = text("id_token");
  checkIdToken(idToken, expected);
  const lifeSeconds = body?.["expires_in"] ?? 300;
  if (typeof lifeSeconds !== "number" || !(lifeSeconds > 0))
    throw new Error("expires_in is malformed");
  return {
    accessToken,
    tokenType: tokenType === "dpop" ? "DPoP" : "Bearer",
    refreshToken: text("refresh_token"),
    idToken,
    scope: text("scope"),
    expiresAt: expected.now + lifeSeconds * 1000,
    lifeSeconds,
  };
}
