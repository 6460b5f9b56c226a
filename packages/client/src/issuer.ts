import { authorizationParameters, type SignInWishes } from "./authorization-request.ts";
import { base64url, utf8 } from "./bytes.ts";
import { formOf } from "./form.ts";
import { codeOf, GrantRefused, type IssuerMetadata, tokensOf } from "./issuer-answers.ts";
import { type Answer, type IssuerRequestOptions, IssuerRequests } from "./issuer-requests.ts";
import type { HashPort, RandomPort } from "./ports.ts";
import { retryAfterOf, SignInFailed, Unreachable } from "./problems.ts";
import type { PendingSignIn, SessionRecord } from "./session-record.ts";

export interface IssuerOptions extends IssuerRequestOptions {
  readonly clientId: string;
  readonly scopes: readonly string[];
  readonly bound: boolean;
  readonly random: RandomPort;
  readonly hash: HashPort;
}

export type { SignInWishes } from "./authorization-request.ts";

/** The session is over: the issuer has said so, in so many words. */
export class InvalidGrant extends Error {}

/** What the endpoint of the draft for first-party applications answers. */
export interface ChallengeAnswer {
  readonly authorization_code?: string;
  readonly auth_session?: string;
  readonly error?: string;
  readonly error_description?: string;
  readonly next?: string;
  readonly retryAfterMs?: number | undefined;
}

/**
 * What is asked of the authorization server. Safe to repeat: codes and refresh tokens are answered
 * again to the same key.
 */
export class IssuerClient {
  readonly #options: IssuerOptions;
  readonly #requests: IssuerRequests;

  constructor(options: IssuerOptions) {
    this.#options = options;
    this.#requests = new IssuerRequests(options);
  }

  /** What ties a sign-in's answers to its beginning. */
  newPending(redirectUri: string): PendingSignIn {
    const secret = (): string => base64url(this.#options.random(32));
    return {
      state: secret(),
      nonce: secret(),
      verifier: secret(),
      redirectUri,
      startedAt: this.#options.clock.now(),
    };
  }

  async begin(
    redirectUri: string,
    wishes: SignInWishes,
  ): Promise<{ readonly url: string; readonly pending: PendingSignIn }> {
    const { bound, clientId, scopes } = this.#options;
    const metadata = await this.#requests.discover();
    const pending = this.newPending(redirectUri);
    const parameters = formOf(
      authorizationParameters(clientId, scopes, pending, await this.#challengeOf(pending), wishes),
    );
    const authorization = metadata.authorization_endpoint;
    if (metadata.pushed_authorization_request_endpoint === undefined)
      return { url: withQuery(authorization, parameters), pending };
    const { body, status } = await this.#requests.post(
      metadata.pushed_authorization_request_endpoint,
      parameters,
      bound,
    );
    const requestUri = body?.["request_uri"];
    if (status !== 201 || typeof requestUri !== "string")
      throw new SignInFailed("request-refused", `the issuer did not take the request (${status})`);
    const pushed = formOf({ client_id: clientId, request_uri: requestUri });
    return { url: withQuery(authorization, pushed), pending };
  }

  /**
   * One step of a sign-in without a browser. Not repeated when its answer is lost: a code that was
   * judged counts once. @throws Unreachable
   */
  async challenge(
    pending: PendingSignIn,
    session: string | undefined,
    fields: Readonly<Record<string, string>>,
    wishes: SignInWishes,
  ): Promise<ChallengeAnswer> {
    const { authorization_challenge_endpoint: endpoint } = await this.#requests.discover();
    if (endpoint === undefined) return { error: "redirect_to_web" };
    const { clientId, scopes } = this.#options;
    const request =
      session === undefined
        ? {
            scope: scopes.join(" "),
            nonce: pending.nonce,
            redirect_uri: pending.redirectUri,
            code_challenge: await this.#challengeOf(pending),
            code_challenge_method: "S256",
            acr_values: wishes.acrValues?.join(" "),
          }
        : { auth_session: session };
    const form = formOf({
      client_id: clientId,
      ...request,
      ui_locales: wishes.locales?.join(" "),
      ...fields,
    });
    const { body, headers, status } = await this.#requests.post(endpoint, form, true, 1);
    if (body === undefined) throw new Unreachable(`the issuer answered ${status}`);
    return {
      ...(body as ChallengeAnswer),
      retryAfterMs:
        status === 429 || status === 503 ? (retryAfterOf({ headers }) ?? 5000) : undefined,
    };
  }

  /**
   * @throws SignInFailed when the redirect is not the answer to this sign-in, or says that it
   * failed
   */
  async end(
    redirected: string,
    pending: PendingSignIn,
  ): Promise<Omit<SessionRecord, "generation">> {
    const metadata = await this.#requests.discover();
    return this.redeem(codeOf(redirected, pending.state, metadata), pending);
  }

  async redeem(code: string, pending: PendingSignIn): Promise<Omit<SessionRecord, "generation">> {
    const metadata = await this.#requests.discover();
    const answer = await this.#grant(metadata, {
      grant_type: "authorization_code",
      code,
      redirect_uri: pending.redirectUri,
      code_verifier: pending.verifier,
    });
    try {
      return this.#tokensOf(answer, metadata, pending.nonce);
    } catch (fault) {
      throw new SignInFailed(
        fault instanceof GrantRefused ? fault.error : "answer-malformed",
        "the issuer did not give tokens",
        fault,
      );
    }
  }

  /** @throws InvalidGrant when the session is over; Unreachable when that cannot be told */
  async refresh(refreshToken: string): Promise<Omit<SessionRecord, "generation">> {
    const metadata = await this.#requests.discover();
    const answer = await this.#grant(metadata, {
      grant_type: "refresh_token",
      refresh_token: refreshToken,
    });
    try {
      return this.#tokensOf(answer, metadata, undefined);
    } catch (fault) {
      if (fault instanceof GrantRefused && fault.error === "invalid_grant")
        throw new InvalidGrant("the session is over", { cause: fault });
      throw new Unreachable(
        `the session could not be renewed: ${fault instanceof GrantRefused ? fault.error : (fault as Error).message}`,
        fault,
      );
    }
  }

  async revoke(token: string): Promise<boolean> {
    const { revocation_endpoint: endpoint } = await this.#requests.discover();
    if (endpoint === undefined) return true;
    const form = { client_id: this.#options.clientId, token, token_type_hint: "refresh_token" };
    return (await this.#requests.post(endpoint, formOf(form), false)).status === 200;
  }

  #grant(metadata: IssuerMetadata, fields: Readonly<Record<string, string>>): Promise<Answer> {
    const { bound, clientId } = this.#options;
    const form = formOf({ client_id: clientId, ...fields });
    return this.#requests.post(metadata.token_endpoint, form, bound);
  }

  #tokensOf(
    answer: Answer,
    { issuer }: IssuerMetadata,
    nonce: string | undefined,
  ): Omit<SessionRecord, "generation"> {
    const { clientId, clock, proofs, scopes } = this.#options;
    return tokensOf(answer, {
      issuer,
      clientId,
      nonce,
      required: nonce !== undefined && scopes.includes("openid"),
      serverNow: proofs.now(),
      now: clock.now(),
    });
  }

  /** RFC 7636 section 4.2. */
  async #challengeOf({ verifier }: PendingSignIn): Promise<string> {
    return base64url(await this.#options.hash(utf8(verifier)));
  }
}

const withQuery = (address: string, query: string): string =>
  `${address}${address.includes("?") ? "&" : "?"}${query}`;
