import { ApiCaller, type SendOptions } from "./api-caller.ts";
import { InvalidGrant, IssuerClient, type SignInWishes } from "./issuer.ts";
import { type Credentials, type NativeOutcome, NativeSignIn } from "./native-sign-in.ts";
import { type ClockPort, type Platform, systemClock } from "./ports.ts";
import { SignedOut, SignInFailed } from "./problems.ts";
import { Proofs } from "./proof.ts";
import { Records, type SessionRecord } from "./session-record.ts";

export { PortcullisProblem, SignedOut, SignInFailed, Unreachable } from "./problems.ts";
export type { SignInWishes } from "./issuer.ts";
export type { Credentials, NativeOutcome, NextProof } from "./native-sign-in.ts";
export type { SendOptions } from "./api-caller.ts";

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

/** What an app may want to show or count. */
export interface ClientEvents {
  readonly "signed-in": { readonly scope: string | undefined };
  readonly "signed-out": { readonly reason: SignedOut["reason"] };
  readonly refreshed: { readonly generation: number };
  readonly "step-up": { readonly acrValues: readonly string[]; readonly maxAgeSeconds: number | undefined };
  readonly "upgrade-needed": { readonly url: string | undefined };
  readonly "version-ended": { readonly successor: string | undefined };
}

const lockName = "refresh";
const leaseMs = 15_000;
const pendingLifeMs = 30 * 60_000;
/** A token is renewed when a request is about to be sent and so much of its life is over; never by a timer. */
const renewAfter = 0.8;

/** Signs people in, keeps their session through bad networks, and calls the API with proofs that copies are worth nothing without. */
export class PortcullisClient {
  readonly #options: ClientOptions;
  readonly #platform: Platform;
  readonly #clock: ClockPort;
  readonly #records: Records;
  readonly #proofs: Proofs;
  readonly #issuer: IssuerClient;
  readonly #api: ApiCaller;
  readonly #listeners = new Map<keyof ClientEvents, Set<(event: never) => void>>();
  #refreshing: Promise<SessionRecord> | undefined;
  #ending: Promise<void> | undefined;
  /** When the token in use was received, by a clock that nobody can set. */
  #received: { readonly generation: number; readonly at: number } | undefined;

  constructor(options: ClientOptions, platform: Platform) {
    const { api = options.issuer, app, bound = true, clientId, issuer, scopes = ["openid"], timeoutMs = 30_000 } = options;
    this.#options = options;
    this.#platform = platform;
    this.#clock = platform.clock ?? systemClock;
    const send = platform.fetch ?? globalThis.fetch.bind(globalThis);
    this.#records = new Records(platform.vault);
    this.#proofs = new Proofs(platform.keys, `${issuer} ${clientId}`, this.#clock);
    this.#issuer = new IssuerClient({ issuer, clientId, scopes, bound, clock: this.#clock, fetch: send, proofs: this.#proofs, timeoutMs });
    this.#api = new ApiCaller({
      api,
      appHeader: app === undefined ? undefined : `${app.id}/${app.version}${app.comment === undefined ? "" : ` (${app.comment})`}`,
      clock: this.#clock,
      fetch: send,
      proofs: this.#proofs,
      timeoutMs,
      token: (stale) => this.#token(stale),
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

  on<N extends keyof ClientEvents>(name: N, listener: (event: ClientEvents[N]) => void): () => void {
    const all = this.#listeners.get(name) ?? new Set();
    all.add(listener);
    this.#listeners.set(name, all);
    return () => void all.delete(listener);
  }

  async isSignedIn(): Promise<boolean> {
    return (await this.#records.session()) !== undefined;
  }

  /**
   * Opens the browser and comes back signed in. When the app is killed meanwhile, `completeSignIn` with the deep link ends it.
   *
   * @throws SignInFailed when the person or the issuer ended it; Unreachable when the network did
   */
  async signIn(wishes: SignInWishes = {}): Promise<void> {
    const { pending, url } = await this.#issuer.begin(this.#options.redirectUri, wishes);
    await this.#records.keepPending(pending);
    const redirected = await this.#platform.browser.open(url, this.#options.redirectUri);
    if (redirected !== undefined) return this.completeSignIn(redirected);
    // Some browsers say `dismissed` though the redirect has arrived as a deep link, and was completed there.
    if ((await this.#records.pending())?.state === pending.state) throw new SignInFailed("dismissed", "the browser was closed before sign-in ended");
  }

  /**
   * Signs in on the app's own screens, where the policy allows it (`nativeSignIn`); the browser is the way for everything else.
   *
   * @throws SignInFailed when the issuer does not take the request; Unreachable when the network did not
   */
  signInWith({ password, username }: Credentials, wishes: SignInWishes = {}): Promise<NativeOutcome> {
    return new NativeSignIn(this.#issuer, this.#options.redirectUri, username, wishes, (tokens) => this.#keep(tokens)).give(undefined, "password", password);
  }

  /** The address that sign-in returned to. The same again, or two at once, do no harm. */
  completeSignIn(redirected: string): Promise<void> {
    this.#ending ??= this.#complete(redirected).finally(() => {
      this.#ending = undefined;
    });
    return this.#ending;
  }

  /** Ends the session here and at the issuer; the issuer is told later when it cannot be reached now. */
  async signOut(): Promise<void> {
    const session = await this.#records.session();
    const token = session?.record.refreshToken ?? session?.record.accessToken;
    if (token !== undefined) await this.#records.changeToRevoke((tokens) => [...tokens, token]);
    await this.#forget("signed-out");
    await this.#revokeQueued();
  }

  /**
   * Calls the API. Answers are returned as they are, refusals are thrown.
   *
   * @param path under the API's address, or a whole address there
   * @throws PortcullisProblem, SignedOut, Unreachable
   */
  send(path: string, options: SendOptions = {}): Promise<Response> {
    return this.#api.send(path, options);
  }

  /** A fresh access token, for callers that must make the request themselves. It is of no use without a proof. */
  async accessToken(): Promise<string> {
    return (await this.#token(undefined)).accessToken;
  }

  async #complete(redirected: string): Promise<void> {
    const pending = await this.#records.pending();
    if (pending === undefined || this.#clock.now() - pending.startedAt > pendingLifeMs) {
      if (pending === undefined && (await this.#records.session()) !== undefined) return;
      throw new SignInFailed("not-begun", "no sign-in was begun here, or it was too long ago");
    }
    await this.#keep(await this.#issuer.end(redirected, pending));
  }

  async #keep(tokens: Omit<SessionRecord, "generation">): Promise<void> {
    await this.#platform.lock.withLock(lockName, leaseMs, async () => {
      const before = await this.#records.session();
      const record: SessionRecord = { ...tokens, generation: (before?.record.generation ?? 0) + 1 };
      await this.#records.keepSession(record, before?.version);
      this.#received = { generation: record.generation, at: this.#clock.monotonic() };
      // A stronger sign-in takes the place of the session before it.
      const old = before?.record.refreshToken;
      if (old !== undefined) await this.#records.changeToRevoke((all) => [...all, old]);
    });
    await this.#records.dropPending();
    this.#emit("signed-in", { scope: tokens.scope });
    void this.#revokeQueued();
  }

  /** @param stale the access token that the API did not take */
  async #token(stale: string | undefined): Promise<SessionRecord> {
    const session = await this.#records.session();
    if (session === undefined) throw new SignedOut("never-signed-in");
    const { record } = session;
    if (stale === undefined ? this.#isFresh(record) : record.accessToken !== stale) return record;
    if (record.refreshToken === undefined) {
      if (stale === undefined && this.#clock.now() < record.expiresAt) return record;
      await this.#forget("session-ended");
      throw new SignedOut("session-ended");
    }
    if (this.#options.refreshes === false) return record;
    this.#refreshing ??= this.#refresh(record).finally(() => {
      this.#refreshing = undefined;
    });
    return this.#refreshing;
  }

  #isFresh({ expiresAt, generation, lifeSeconds }: SessionRecord): boolean {
    const lifeMs = lifeSeconds * 1000;
    const used = this.#received?.generation === generation ? this.#clock.monotonic() - this.#received.at : lifeMs - (expiresAt - this.#clock.now());
    return used >= 0 && used < lifeMs * renewAfter;
  }

  /** One at a time in this process, and by the lock in every other. Whoever comes second finds the work done. */
  #refresh(known: SessionRecord): Promise<SessionRecord> {
    return this.#platform.lock.withLock(lockName, leaseMs, async () => {
      const session = await this.#records.session();
      if (session === undefined) throw new SignedOut("signed-out");
      if (session.record.generation !== known.generation) return session.record;
      const { record, version } = session;
      try {
        const tokens = await this.#issuer.refresh(record.refreshToken as string);
        const next: SessionRecord = { ...tokens, refreshToken: tokens.refreshToken ?? record.refreshToken, idToken: tokens.idToken ?? record.idToken, generation: record.generation + 1 };
        const kept = await this.#records.keepSession(next, version);
        // Its first use tells the issuer that it has arrived. One that is not stored yet is not used while the old one still serves: were this process to end now, the old one would be all there is.
        if (!kept && this.#clock.now() < record.expiresAt) return record;
        this.#received = { generation: next.generation, at: this.#clock.monotonic() };
        this.#emit("refreshed", { generation: next.generation });
        return next;
      } catch (fault) {
        if (!(fault instanceof InvalidGrant)) throw fault;
        const now = await this.#records.session();
        if (now !== undefined && now.record.generation !== record.generation) return now.record;
        await this.#forget("session-ended");
        throw new SignedOut("session-ended");
      }
    });
  }

  async #forget(reason: SignedOut["reason"]): Promise<void> {
    await this.#records.dropSession();
    // A device stays the same device when its session has ended; who signs out may hand it to somebody else.
    if (reason === "signed-out") {
      await this.#platform.keys.remove(`${this.#options.issuer} ${this.#options.clientId}`);
      this.#proofs.forget();
    }
    this.#received = undefined;
    this.#emit("signed-out", { reason });
  }

  async #revokeQueued(): Promise<void> {
    for (const token of await this.#records.toRevoke()) {
      const done = await this.#issuer.revoke(token).catch(() => false);
      if (done) await this.#records.changeToRevoke((tokens) => tokens.filter((one) => one !== token));
    }
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
