import type { webcrypto } from "node:crypto";
import * as oauth from "oauth4webapi";
import { Browser, formTokenOf } from "./browser.ts";
import { type IdentityGate, password } from "./identity-gate.ts";

export interface Tokens {
  readonly access_token: string;
  readonly refresh_token?: string | undefined;
  readonly id_token?: string | undefined;
  readonly token_type: string;
  readonly expires_in?: number | undefined;
  readonly scope?: string | undefined;
}

/** An installation of the app: one key, its tokens, an independent client (oauth4webapi). */
export class App {
  readonly gate: IdentityGate;
  readonly browser: Browser;
  readonly clientId: string;
  redirectUri = "com.notes.app:/signed-in";
  keys: webcrypto.CryptoKeyPair | undefined;
  as: oauth.AuthorizationServer | undefined;
  #dpop: oauth.DPoPHandle | undefined;

  constructor(gate: IdentityGate, clientId = "notes-app", browser = new Browser(gate)) {
    this.gate = gate;
    this.clientId = clientId;
    this.browser = browser;
  }

  get options(): {
    readonly [oauth.customFetch]: (url: string, init: object) => Promise<Response>;
  } {
    return {
      [oauth.customFetch]: (url, init) =>
        this.gate.fetch(url, { ...(init as RequestInit), signal: null }),
    };
  }

  async begin(bound = true): Promise<this> {
    const issuer = new URL(this.gate.origin);
    this.as = await oauth.processDiscoveryResponse(
      issuer,
      await oauth.discoveryRequest(issuer, this.options),
    );
    if (bound)
      this.useKey(
        await crypto.subtle.generateKey({ name: "ECDSA", namedCurve: "P-256" }, true, [
          "sign",
          "verify",
        ]),
      );
    return this;
  }

  useKey(keys: webcrypto.CryptoKeyPair): void {
    this.keys = keys;
    this.#dpop = oauth.DPoP({}, keys);
  }

  get dpop(): { readonly DPoP?: oauth.DPoPHandle } {
    return this.#dpop === undefined ? {} : { DPoP: this.#dpop };
  }

  /** The address the app opens in the browser. */
  async authorizationUrl(
    extra: Readonly<Record<string, string>> = {},
  ): Promise<{ readonly url: string; readonly verifier: string; readonly state: string }> {
    const verifier = oauth.generateRandomCodeVerifier();
    const state = oauth.generateRandomState();
    this.#states = state;
    const query = new URLSearchParams({
      client_id: this.clientId,
      redirect_uri: this.redirectUri,
      response_type: "code",
      scope: "openid notes:read notes:write admin:read",
      state,
      code_challenge: await oauth.calculatePKCECodeChallenge(verifier),
      code_challenge_method: "S256",
      ...extra,
    });
    return { url: `${this.as?.authorization_endpoint}?${query.toString()}`, verifier, state };
  }

  /** Opens the page, types the password, and comes back with the parameters of the redirect. */
  async authorize(
    email: string,
    extra: Readonly<Record<string, string>> = {},
  ): Promise<{ readonly parameters: URLSearchParams; readonly verifier: string }> {
    const { state, url, verifier } = await this.authorizationUrl(extra);
    const { left, page } = await this.throughPassword(url, email);
    if (left === undefined)
      throw new Error(
        `sign-in did not end: ${page?.replaceAll(/<[^>]+>/g, " ").replaceAll(/\s+/g, " ")}`,
      );
    return {
      parameters: oauth.validateAuthResponse(
        this.as as oauth.AuthorizationServer,
        { client_id: this.clientId },
        left,
        state,
      ),
      verifier,
    };
  }

  #states: string | undefined;

  /** The parameters of a redirect, checked as a client checks them. */
  validate(left: URL): URLSearchParams {
    return oauth.validateAuthResponse(
      this.as as oauth.AuthorizationServer,
      { client_id: this.clientId },
      left,
      this.#states,
    );
  }

  async throughPassword(
    url: string,
    email: string,
    typed = password,
  ): ReturnType<Browser["follow"]> {
    const first = await this.browser.follow(await this.browser.get(url), url);
    if (first.page === undefined) return first;
    const sent = await this.browser.post(first.url, {
      form: formTokenOf(first.page),
      intent: "password",
      email,
      password: typed,
    });
    return this.browser.follow(sent, first.url);
  }

  async redeem({
    parameters,
    verifier,
  }: {
    readonly parameters: URLSearchParams;
    readonly verifier: string;
  }): Promise<Tokens> {
    const send = (): Promise<Response> =>
      oauth.authorizationCodeGrantRequest(
        this.as as oauth.AuthorizationServer,
        { client_id: this.clientId },
        oauth.None(),
        parameters,
        this.redirectUri,
        verifier,
        { ...this.dpop, ...this.options },
      );
    return this.#process(
      (response) =>
        oauth.processAuthorizationCodeResponse(
          this.as as oauth.AuthorizationServer,
          { client_id: this.clientId },
          response,
        ),
      send,
    );
  }

  async refresh(refreshToken: string): Promise<Tokens> {
    const send = (): Promise<Response> =>
      oauth.refreshTokenGrantRequest(
        this.as as oauth.AuthorizationServer,
        { client_id: this.clientId },
        oauth.None(),
        refreshToken,
        { ...this.dpop, ...this.options },
      );
    return this.#process(
      (response) =>
        oauth.processRefreshTokenResponse(
          this.as as oauth.AuthorizationServer,
          { client_id: this.clientId },
          response,
        ),
      send,
    );
  }

  async signIn(email: string, extra: Readonly<Record<string, string>> = {}): Promise<Tokens> {
    return this.redeem(await this.authorize(email, extra));
  }

  /** Calls the API as the app would. */
  async call(
    path: string,
    tokens: Pick<Tokens, "access_token">,
    method = "GET",
  ): Promise<{
    readonly status: number;
    readonly code: string | undefined;
    readonly headers: Headers;
    readonly body: Record<string, unknown>;
  }> {
    const send = (): Promise<Response> =>
      oauth.protectedResourceRequest(
        tokens.access_token,
        method,
        new URL(path, this.gate.origin),
        undefined,
        null,
        { ...this.dpop, ...this.options },
      );
    let response: Response;
    try {
      response = await send().catch((fault: unknown) =>
        oauth.isDPoPNonceError(fault) ? send() : Promise.reject(fault as Error),
      );
    } catch (fault) {
      if (!(fault instanceof oauth.WWWAuthenticateChallengeError)) throw fault;
      ({ response } = fault);
    }
    const body = (await response.json().catch(() => ({}))) as Record<string, unknown>;
    return {
      status: response.status,
      code: body["code"] as string | undefined,
      headers: response.headers,
      body,
    };
  }

  async #process<T>(
    read: (response: Response) => Promise<T>,
    send: () => Promise<Response>,
  ): Promise<T> {
    return read(await send()).catch(async (fault: unknown) =>
      oauth.isDPoPNonceError(fault) ? read(await send()) : Promise.reject(fault as Error),
    );
  }
}

/** The `error` of an OAuth answer. */
export const oauthError = async (work: Promise<unknown>): Promise<string> => {
  try {
    await work;
    return "accepted";
  } catch (fault) {
    return fault instanceof oauth.ResponseBodyError
      ? fault.error
      : fault instanceof oauth.WWWAuthenticateChallengeError
        ? (fault.cause[0]?.parameters.error ?? "challenge")
        : `${(fault as Error).name}: ${(fault as Error).message}`;
  }
};
