import * as oauth from "oauth4webapi";
import { authorizationParameters, type SignInWishes } from "./authorization-request.ts";
import { type IssuerRequestOptions, IssuerRequests } from "./issuer-requests.ts";
import { retryAfterOf, SignInFailed, Unreachable } from "./problems.ts";
import type { PendingSignIn, SessionRecord } from "./session-record.ts";

export interface IssuerOptions extends IssuerRequestOptions {
  readonly clientId: string;
  readonly scopes: readonly string[];
  readonly bound: boolean;
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
  readonly #client: oauth.Client;
  readonly #requests: IssuerRequests;

  constructor(options: IssuerOptions) {
    this.#options = options;
    this.#client = { client_id: options.clientId };
    this.#requests = new IssuerRequests(options);
  }

  /** What ties a sign-in's answers to its beginning. */
  newPending(redirectUri: string): PendingSignIn {
    return {
      state: oauth.generateRandomState(),
      nonce: oauth.generateRandomNonce(),
      verifier: oauth.generateRandomCodeVerifier(),
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
    const parameters = await authorizationParameters(clientId, scopes, pending, wishes);
    const authorization = metadata.authorization_endpoint as string;
    if (metadata.pushed_authorization_request_endpoint === undefined)
      return { url: `${authorization}?${parameters.toString()}`, pending };
    const response = await this.#requests.post(
      metadata.pushed_authorization_request_endpoint,
      parameters,
      bound,
    );
    const { request_uri: requestUri } = (await response.json()) as {
      request_uri?: string;
      error?: string;
      error_description?: string;
    };
    if (response.status !== 201 || requestUri === undefined)
      throw new SignInFailed(
        "request-refused",
        `the issuer did not take the request (${response.status})`,
      );
    return {
      url: `${authorization}?${new URLSearchParams({ client_id: clientId, request_uri: requestUri }).toString()}`,
      pending,
    };
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
    const { authorization_challenge_endpoint: endpoint } =
      (await this.#requests.discover()) as oauth.AuthorizationServer & {
        readonly authorization_challenge_endpoint?: string;
      };
    if (endpoint === undefined) return { error: "redirect_to_web" };
    const { clientId, scopes } = this.#options;
    const request =
      session === undefined
        ? {
            scope: scopes.join(" "),
            nonce: pending.nonce,
            redirect_uri: pending.redirectUri,
            code_challenge: await oauth.calculatePKCECodeChallenge(pending.verifier),
            code_challenge_method: "S256",
            ...(wishes.acrValues === undefined ? {} : { acr_values: wishes.acrValues.join(" ") }),
          }
        : { auth_session: session };
    const body = new URLSearchParams({
      client_id: clientId,
      ...request,
      ...(wishes.locales === undefined ? {} : { ui_locales: wishes.locales.join(" ") }),
      ...fields,
    });
    const response = await this.#requests.post(endpoint, body, true, 1);
    return {
      ...((await response.json()) as ChallengeAnswer),
      retryAfterMs:
        response.status === 429 || response.status === 503
          ? (retryAfterOf(response) ?? 5000)
          : undefined,
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
    let parameters: URLSearchParams;
    try {
      parameters = oauth.validateAuthResponse(
        metadata,
        this.#client,
        new URL(redirected),
        pending.state,
      );
    } catch (fault) {
      if (fault instanceof oauth.AuthorizationResponseError)
        throw new SignInFailed(
          fault.error,
          fault.error_description ?? "sign-in was not allowed",
          fault,
        );
      throw new SignInFailed(
        "answer-foreign",
        "this is not the answer to the sign-in that was begun",
        fault,
      );
    }
    return this.redeem(parameters.get("code") ?? "", pending);
  }

  async redeem(code: string, pending: PendingSignIn): Promise<Omit<SessionRecord, "generation">> {
    const metadata = await this.#requests.discover();
    const body = new URLSearchParams({
      grant_type: "authorization_code",
      client_id: this.#options.clientId,
      code,
      redirect_uri: pending.redirectUri,
      code_verifier: pending.verifier,
    });
    const response = await this.#requests.post(
      metadata.token_endpoint as string,
      body,
      this.#options.bound,
    );
    try {
      return this.#record(
        await oauth.processAuthorizationCodeResponse(metadata, this.#client, response, {
          expectedNonce: pending.nonce,
        }),
      );
    } catch (fault) {
      throw new SignInFailed(
        fault instanceof oauth.ResponseBodyError ? fault.error : "answer-malformed",
        "the issuer did not give tokens",
        fault,
      );
    }
  }

  /** @throws InvalidGrant when the session is over; Unreachable when that cannot be told */
  async refresh(refreshToken: string): Promise<Omit<SessionRecord, "generation">> {
    const metadata = await this.#requests.discover();
    const body = new URLSearchParams({
      grant_type: "refresh_token",
      client_id: this.#options.clientId,
      refresh_token: refreshToken,
    });
    const response = await this.#requests.post(
      metadata.token_endpoint as string,
      body,
      this.#options.bound,
    );
    try {
      return this.#record(
        await oauth.processRefreshTokenResponse(metadata, this.#client, response),
      );
    } catch (fault) {
      if (fault instanceof oauth.ResponseBodyError && fault.error === "invalid_grant")
        throw new InvalidGrant("the session is over", { cause: fault });
      throw new Unreachable(
        `the session could not be renewed: ${fault instanceof oauth.ResponseBodyError ? fault.error : (fault as Error).message}`,
        fault,
      );
    }
  }

  async revoke(token: string): Promise<boolean> {
    const { revocation_endpoint: endpoint } = await this.#requests.discover();
    if (endpoint === undefined) return true;
    return (
      await this.#requests.post(
        endpoint,
        new URLSearchParams({
          client_id: this.#options.clientId,
          token,
          token_type_hint: "refresh_token",
        }),
        false,
      )
    ).ok;
  }

  #record(answer: oauth.TokenEndpointResponse): Omit<SessionRecord, "generation"> {
    const lifeSeconds = answer.expires_in ?? 300;
    return {
      accessToken: answer.access_token,
      tokenType: answer.token_type.toLowerCase() === "dpop" ? "DPoP" : "Bearer",
      refreshToken: answer.refresh_token,
      idToken: answer.id_token,
      scope: answer.scope,
      expiresAt: this.#options.clock.now() + lifeSeconds * 1000,
      lifeSeconds,
    };
  }
}
