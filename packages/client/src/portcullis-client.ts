import { ApiCaller, type SendOptions } from "./api-caller.ts";
import type { ClientEvents } from "./events.ts";
import { IssuerClient, type SignInWishes } from "./issuer.ts";
import { type Credentials, type NativeOutcome, NativeSignIn } from "./native-sign-in.ts";
import { claimsOf, type IdTokenClaims } from "./id-token.ts";
import { defaultFetch, defaultHash, defaultRandom, systemClock } from "./platform-defaults.ts";
import type { ClockPort, Platform } from "./ports.ts";
import { SignInFailed } from "./problems.ts";
import { Proofs } from "./proof.ts";
import { SessionKeeper } from "./session-keeper.ts";
import { Records } from "./session-record.ts";

export { PortcullisProblem, SignedOut, SignInFailed, Unknown, Unreachable } from "./problems.ts";
export type { SignInWishes } from "./issuer.ts";
export type { Credentials, NativeOutcome, NextProof } from "./native-sign-in.ts";
export type { SendOptions } from "./api-caller.ts";
export type { SentRequest } from "./problems.ts";
export type { IdTokenClaims } from "./id-token.ts";
export type { ClientEvents } from "./events.ts";

export interface ClientOptions {
  /** The issuer's address: with the built-in one, the API's own. */
  readonly issuer: string;
  readonly clientId: string;
  readonly redirectUri: string;
  /** Where the API lives; the issuer's address unless given. */
  readonly api?: string;
  readonly scopes?: readonly string[];
  /** Sent as Portcullis-App: which build this is. */
  readonly app?: { readonly id: string; readonly version: string; readonly comment?: string };
  /** Bind tokens to a key of this device (true). False only for issuers without DPoP. */
  readonly bound?: boolean;
  /** May this process refresh? False for extensions and widgets, which use what the app has. */
  readonly refreshes?: boolean;
  /** Open the browser by itself when an operation asks for a stronger sign-in (true). */
  readonly stepUp?: boolean;
  readonly timeoutMs?: number;
}

const pendingLifeMs = 30 * 60_000;

/**
 * Signs people in, keeps their session through bad networks, and calls the API with proofs that
 * copies are worth nothing without.
 */
export class PortcullisClient {
  readonly #options: ClientOptions;
  readonly #platform: Platform;
  readonly #clock: ClockPort;
  readonly #records: Records;
  readonly #issuer: IssuerClient;
  readonly #keeper: SessionKeeper;
  readonly #api: ApiCaller;
  readonly #listeners = new Map<keyof ClientEvents, Set<(event: never) => void>>();
  #ending: Promise<void> | undefined;

  constructor(options: ClientOptions, platform: Platform) {
    const {
      api = options.issuer,
      app,
      bound = true,
      clientId,
      issuer,
      scopes = ["openid"],
      timeoutMs = 30_000,
    } = options;
    this.#options = options;
    this.#platform = platform;
    this.#clock = platform.clock ?? systemClock;
    const { fetch: send = defaultFetch(), hash = defaultHash, random = defaultRandom } = platform;
    this.#records = new Records(platform.vault);
    const keyName = `${issuer} ${clientId}`;
    const proofs = new Proofs({ keys: platform.keys, keyName, clock: this.#clock, random, hash });
    this.#issuer = new IssuerClient({
      issuer,
      clientId,
      scopes,
      bound,
      clock: this.#clock,
      fetch: send,
      proofs,
      random,
      hash,
      timeoutMs,
    });
    this.#keeper = new SessionKeeper({
      records: this.#records,
      issuer: this.#issuer,
      lock: platform.lock,
      clock: this.#clock,
      refreshes: options.refreshes !== false,
      forgetKey: async () => {
        await platform.keys.remove(keyName);
        proofs.forget();
      },
      emit: (name, event) => this.#emit(name, event),
    });
    this.#api = new ApiCaller({
      api,
      appHeader:
        app === undefined
          ? undefined
          : `${app.id}/${app.version}${app.comment === undefined ? "" : ` (${app.comment})`}`,
      clock: this.#clock,
      fetch: send,
      proofs,
      timeoutMs,
      token: (stale) => this.#keeper.token(stale),
      stepUp: async (acrValues, maxAgeSeconds) => {
        this.#emit("step-up", { acrValues, maxAgeSeconds });
        if (options.stepUp === false) return false;
        await this.signIn({ acrValues, maxAgeSeconds });
        return true;
      },
      onUpgradeNeeded: (url) => this.#emit("upgrade-needed", { url }),
      onVersionEnded: (successor) => this.#emit("version-ended", { successor }),
    });
  }

  on<N extends keyof ClientEvents>(
    name: N,
    listener: (event: ClientEvents[N]) => void,
  ): () => void {
    const all = this.#listeners.get(name) ?? new Set();
    all.add(listener);
    this.#listeners.set(name, all);
    return () => void all.delete(listener);
  }

  async isSignedIn(): Promise<boolean> {
    return (await this.#records.session()) !== undefined;
  }

  /**
   * Who has signed in, as the issuer said it to this app. For showing, not for deciding: what may
   * be done is decided at the API.
   *
   * @returns undefined when nobody has, or the issuer gave no ID token
   */
  async claims(): Promise<IdTokenClaims | undefined> {
    return claimsOf((await this.#records.session())?.record.idToken);
  }

  /**
   * Opens the browser and comes back signed in. When the app is killed meanwhile, `completeSignIn`
   * with the deep link ends it.
   *
   * @throws SignInFailed when the person or the issuer ended it; Unreachable when the network did
   */
  async signIn(wishes: SignInWishes = {}): Promise<void> {
    const { pending, url } = await this.#issuer.begin(this.#options.redirectUri, wishes);
    await this.#records.keepPending(pending);
    const redirected = await this.#platform.browser.open(url, this.#options.redirectUri);
    if (redirected !== undefined) return this.completeSignIn(redirected);
    // Some browsers say `dismissed` though the redirect has arrived as a deep link, and was
    // completed there.
    if ((await this.#records.pending())?.state === pending.state)
      throw new SignInFailed("dismissed", "the browser was closed before sign-in ended");
  }

  /**
   * Signs in on the app's own screens, where the policy allows it (`nativeSignIn`); the browser is
   * the way for everything else.
   *
   * @throws SignInFailed when the issuer does not take the request; Unreachable when the network
   *   did not
   */
  signInWith(
    { password, username }: Credentials,
    wishes: SignInWishes = {},
  ): Promise<NativeOutcome> {
    return new NativeSignIn(this.#issuer, this.#options.redirectUri, username, wishes, (tokens) =>
      this.#keeper.keep(tokens),
    ).give(undefined, "password", password);
  }

  /** The address that sign-in returned to. The same again, or two at once, do no harm. */
  completeSignIn(redirected: string): Promise<void> {
    this.#ending ??= this.#complete(redirected).finally(() => {
      this.#ending = undefined;
    });
    return this.#ending;
  }

  /**
   * Ends the session here and at the issuer; the issuer is told later when it cannot be reached
   * now.
   */
  signOut(): Promise<void> {
    return this.#keeper.signOut();
  }

  /**
   * Calls the API. Answers are returned as they are, refusals are thrown. Reads are sent again where
   * that may help; a write is sent once.
   *
   * @param path under the API's address, or a whole address there
   * @throws PortcullisProblem, SignedOut, Unreachable; Unknown when a write may have been done
   */
  send(path: string, options: SendOptions = {}): Promise<Response> {
    return this.#api.send(path, options);
  }

  /**
   * A fresh access token, for callers that must make the request themselves. It is of no use
   * without a proof.
   */
  async accessToken(): Promise<string> {
    return (await this.#keeper.token(undefined)).accessToken;
  }

  async #complete(redirected: string): Promise<void> {
    const pending = await this.#records.pending();
    if (pending === undefined || this.#clock.now() - pending.startedAt > pendingLifeMs) {
      if (pending === undefined && (await this.#records.session()) !== undefined) return;
      throw new SignInFailed("not-begun", "no sign-in was begun here, or it was too long ago");
    }
    await this.#keeper.keep(await this.#issuer.end(redirected, pending));
  }

  #emit<N extends keyof ClientEvents>(name: N, event: ClientEvents[N]): void {
    for (const listener of this.#listeners.get(name) ?? []) {
      try {
        (listener as (event: ClientEvents[N]) => void)(event);
      } catch {
        // A listener's fault is not the session's.
      }
    }
  }
}
