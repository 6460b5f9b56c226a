import type { webcrypto } from "node:crypto";
import * as oauth from "oauth4webapi";
import { hotp } from "../../packages/server/src/factors/totp.ts";
import type { IdentityGate } from "./identity-gate.ts";
import { password } from "./identity-gate.ts";

/** A person's browser, as far as sign-in needs one: cookies by path, forms, redirects one at a time. */
export class Browser {
  readonly #gate: IdentityGate;
  readonly #cookies = new Map<string, { value: string; path: string }>();

  constructor(gate: IdentityGate) {
    this.#gate = gate;
  }

  get cookies(): ReadonlyMap<string, { value: string; path: string }> {
    return this.#cookies;
  }

  async get(url: string, headers: Record<string, string> = {}): Promise<Response> {
    return this.#send(url, { headers });
  }

  async post(url: string, fields: Readonly<Record<string, string>>, headers: Record<string, string> = {}): Promise<Response> {
    return this.#send(url, { method: "POST", body: new URLSearchParams(fields).toString(), headers: { "Content-Type": "application/x-www-form-urlencoded", Origin: this.#gate.origin, "Sec-Fetch-Site": "same-origin", ...headers } });
  }

  /** Goes on while the redirects lead to this site. @returns the page it ends on, or where it was sent */
  async follow(response: Response, from: string): Promise<{ readonly url: string; readonly page?: string; readonly status: number; readonly left?: URL }> {
    let at = new URL(from, this.#gate.origin).href;
    let answer = response;
    for (let hops = 0; hops < 12; hops += 1) {
      const location = answer.headers.get("location");
      if (location === null) return { url: at, page: await answer.text(), status: answer.status };
      await answer.arrayBuffer();
      const next = new URL(location, at);
      if (next.origin !== this.#gate.origin) return { url: at, left: next, status: answer.status };
      at = next.href;
      answer = await this.get(at);
    }
    throw new Error(`too many redirects, last to ${at}`);
  }

  async #send(url: string, init: RequestInit): Promise<Response> {
    const whole = new URL(url, this.#gate.origin);
    const cookie = [...this.#cookies].filter(([, one]) => whole.pathname === one.path || whole.pathname.startsWith(one.path.endsWith("/") ? one.path : `${one.path}/`)).map(([name, one]) => `${name}=${one.value}`).join("; ");
    const answer = await this.#gate.fetch(whole.href, { ...init, headers: { ...(init.headers as Record<string, string>), ...(cookie === "" ? {} : { Cookie: cookie }) } });
    for (const line of answer.headers.getSetCookie()) {
      const [pair = "", ...attributes] = line.split(";").map((part) => part.trim());
      const [name = "", ...rest] = pair.split("=");
      const path = attributes.find((one) => one.toLowerCase().startsWith("path="))?.slice(5) ?? "/";
      if (rest.join("=") === "" || /expires=Thu, 01 Jan 1970/i.test(line)) this.#cookies.delete(name);
      else this.#cookies.set(name, { value: rest.join("="), path });
    }
    return answer;
  }
}

/** The hidden token of the first form on a page. */
export const formTokenOf = (page: string): string => /name="form" value="([^"]+)"/.exec(page)?.[1] ?? "";

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

  get options(): { readonly [oauth.customFetch]: (url: string, init: object) => Promise<Response> } {
    return { [oauth.customFetch]: (url, init) => this.gate.fetch(url, { ...(init as RequestInit), signal: null }) };
  }

  async begin(bound = true): Promise<this> {
    const issuer = new URL(this.gate.origin);
    this.as = await oauth.processDiscoveryResponse(issuer, await oauth.discoveryRequest(issuer, this.options));
    if (bound) this.useKey(await crypto.subtle.generateKey({ name: "ECDSA", namedCurve: "P-256" }, true, ["sign", "verify"]));
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
  async authorizationUrl(extra: Readonly<Record<string, string>> = {}): Promise<{ readonly url: string; readonly verifier: string; readonly state: string }> {
    const verifier = oauth.generateRandomCodeVerifier();
    const state = oauth.generateRandomState();
    this.#states = state;
    const query = new URLSearchParams({ client_id: this.clientId, redirect_uri: this.redirectUri, response_type: "code", scope: "openid notes:read notes:write admin:read", state, code_challenge: await oauth.calculatePKCECodeChallenge(verifier), code_challenge_method: "S256", ...extra });
    return { url: `${this.as?.authorization_endpoint}?${query.toString()}`, verifier, state };
  }

  /** Opens the page, types the password, and comes back with the parameters of the redirect. */
  async authorize(email: string, extra: Readonly<Record<string, string>> = {}): Promise<{ readonly parameters: URLSearchParams; readonly verifier: string }> {
    const { state, url, verifier } = await this.authorizationUrl(extra);
    const { left, page } = await this.throughPassword(url, email);
    if (left === undefined) throw new Error(`sign-in did not end: ${page?.replaceAll(/<[^>]+>/g, " ").replaceAll(/\s+/g, " ")}`);
    return { parameters: oauth.validateAuthResponse(this.as as oauth.AuthorizationServer, { client_id: this.clientId }, left, state), verifier };
  }

  #states: string | undefined;

  /** The parameters of a redirect, checked as a client checks them. */
  validate(left: URL): URLSearchParams {
    return oauth.validateAuthResponse(this.as as oauth.AuthorizationServer, { client_id: this.clientId }, left, this.#states);
  }

  async throughPassword(url: string, email: string, typed = password): ReturnType<Browser["follow"]> {
    const first = await this.browser.follow(await this.browser.get(url), url);
    if (first.page === undefined) return first;
    const sent = await this.browser.post(first.url, { form: formTokenOf(first.page), intent: "password", email, password: typed });
    return this.browser.follow(sent, first.url);
  }

  async redeem({ parameters, verifier }: { readonly parameters: URLSearchParams; readonly verifier: string }): Promise<Tokens> {
    const send = (): Promise<Response> => oauth.authorizationCodeGrantRequest(this.as as oauth.AuthorizationServer, { client_id: this.clientId }, oauth.None(), parameters, this.redirectUri, verifier, { ...this.dpop, ...this.options });
    return this.#process((response) => oauth.processAuthorizationCodeResponse(this.as as oauth.AuthorizationServer, { client_id: this.clientId }, response), send);
  }

  async refresh(refreshToken: string): Promise<Tokens> {
    const send = (): Promise<Response> => oauth.refreshTokenGrantRequest(this.as as oauth.AuthorizationServer, { client_id: this.clientId }, oauth.None(), refreshToken, { ...this.dpop, ...this.options });
    return this.#process((response) => oauth.processRefreshTokenResponse(this.as as oauth.AuthorizationServer, { client_id: this.clientId }, response), send);
  }

  async signIn(email: string, extra: Readonly<Record<string, string>> = {}): Promise<Tokens> {
    return this.redeem(await this.authorize(email, extra));
  }

  /** Calls the API as the app would. */
  async call(path: string, tokens: Pick<Tokens, "access_token">, method = "GET"): Promise<{ readonly status: number; readonly code: string | undefined; readonly headers: Headers; readonly body: Record<string, unknown> }> {
    const send = (): Promise<Response> => oauth.protectedResourceRequest(tokens.access_token, method, new URL(path, this.gate.origin), undefined, null, { ...this.dpop, ...this.options });
    let response: Response;
    try {
      response = await send().catch((fault: unknown) => (oauth.isDPoPNonceError(fault) ? send() : Promise.reject(fault as Error)));
    } catch (fault) {
      if (!(fault instanceof oauth.WWWAuthenticateChallengeError)) throw fault;
      ({ response } = fault);
    }
    const body = (await response.json().catch(() => ({}))) as Record<string, unknown>;
    return { status: response.status, code: body["code"] as string | undefined, headers: response.headers, body };
  }

  async #process<T>(read: (response: Response) => Promise<T>, send: () => Promise<Response>): Promise<T> {
    return read(await send()).catch(async (fault: unknown) => (oauth.isDPoPNonceError(fault) ? read(await send()) : Promise.reject(fault as Error)));
  }
}

/** The authenticator key that a page shows (RFC 4648 section 6). */
export function secretOn(page: string): Buffer {
  const text = (/<code>([A-Z2-7 ]+)<\/code>/.exec(page)?.[1] ?? "").replaceAll(" ", "");
  const bits = Array.from(text, (character) => "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567".indexOf(character).toString(2).padStart(5, "0")).join("");
  return Buffer.from((bits.match(/.{8}/g) ?? []).map((byte) => Number.parseInt(byte, 2)));
}

/** What an authenticator app shows now. */
export const codeNow = (secret: Buffer, steps = 0): string => hotp(secret, Math.floor(Date.now() / 30_000) + steps);

/** The `error` of an OAuth answer. */
export const oauthError = async (work: Promise<unknown>): Promise<string> => {
  try {
    await work;
    return "accepted";
  } catch (fault) {
    return fault instanceof oauth.ResponseBodyError ? fault.error : fault instanceof oauth.WWWAuthenticateChallengeError ? (fault.cause[0]?.parameters.error ?? "challenge") : `${(fault as Error).name}: ${(fault as Error).message}`;
  }
};
