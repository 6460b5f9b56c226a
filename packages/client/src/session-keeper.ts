import type { ClientEvents } from "./events.ts";
import { InvalidGrant, type IssuerClient } from "./issuer.ts";
import type { ClockPort, LockPort } from "./ports.ts";
import { SignedOut } from "./problems.ts";
import type { Records, SessionRecord } from "./session-record.ts";

export interface KeeperParts {
  readonly records: Records;
  readonly issuer: IssuerClient;
  readonly lock: LockPort;
  readonly clock: ClockPort;
  /** May this process refresh? */
  readonly refreshes: boolean;
  /** The key that proofs are made with goes, and its name with it. */
  readonly forgetKey: () => Promise<void>;
  readonly emit: <N extends keyof ClientEvents>(name: N, event: ClientEvents[N]) => void;
}

const lockName = "refresh";
const leaseMs = 15_000;
/**
 * A token is renewed when a request is about to be sent and so much of its life is over; never by a
 * timer.
 */
const renewAfter = 0.8;

/**
 * Keeps one session through refreshes, other processes and kills; only the issuer's own word, or
 * the person, ends it.
 */
export class SessionKeeper {
  readonly #parts: KeeperParts;
  #refreshing: Promise<SessionRecord> | undefined;
  /** When the token in use was received, by a clock that nobody can set. */
  #received: { readonly generation: number; readonly at: number } | undefined;

  constructor(parts: KeeperParts) {
    this.#parts = parts;
  }

  /** A new sign-in takes the place of the session before it. */
  async keep(tokens: Omit<SessionRecord, "generation">): Promise<void> {
    await this.#parts.lock.withLock(lockName, leaseMs, async () => {
      const before = await this.#parts.records.session();
      const record: SessionRecord = { ...tokens, generation: (before?.record.generation ?? 0) + 1 };
      await this.#parts.records.keepSession(record, before?.version);
      this.#received = { generation: record.generation, at: this.#parts.clock.monotonic() };
      // A stronger sign-in takes the place of the session before it.
      const old = before?.record.refreshToken;
      if (old !== undefined) await this.#parts.records.changeToRevoke((all) => [...all, old]);
    });
    await this.#parts.records.dropPending();
    this.#parts.emit("signed-in", { scope: tokens.scope });
    void this.#revokeQueued();
  }

  /**
   * Ends the session here and at the issuer; the issuer is told later when it cannot be reached
   * now.
   */
  async signOut(): Promise<void> {
    const session = await this.#parts.records.session();
    const token = session?.record.refreshToken ?? session?.record.accessToken;
    if (token !== undefined)
      await this.#parts.records.changeToRevoke((tokens) => [...tokens, token]);
    await this.#forget("signed-out");
    await this.#revokeQueued();
  }

  /** @param stale the access token that the API did not take */
  async token(stale: string | undefined): Promise<SessionRecord> {
    const session = await this.#parts.records.session();
    if (session === undefined) throw new SignedOut("never-signed-in");
    const { record } = session;
    if (stale === undefined ? this.#isFresh(record) : record.accessToken !== stale) return record;
    if (record.refreshToken === undefined) {
      if (stale === undefined && this.#parts.clock.now() < record.expiresAt) return record;
      await this.#forget("session-ended");
      throw new SignedOut("session-ended");
    }
    if (!this.#parts.refreshes) return record;
    this.#refreshing ??= this.#refresh(record).finally(() => {
      this.#refreshing = undefined;
    });
    return this.#refreshing;
  }

  #isFresh({ expiresAt, generation, lifeSeconds }: SessionRecord): boolean {
    const lifeMs = lifeSeconds * 1000;
    const used =
      this.#received?.generation === generation
        ? this.#parts.clock.monotonic() - this.#received.at
        : lifeMs - (expiresAt - this.#parts.clock.now());
    return used >= 0 && used < lifeMs * renewAfter;
  }

  /**
   * One at a time in this process, and by the lock in every other. Whoever comes second finds the
   * work done.
   */
  #refresh(known: SessionRecord): Promise<SessionRecord> {
    return this.#parts.lock.withLock(lockName, leaseMs, async () => {
      const session = await this.#parts.records.session();
      if (session === undefined) throw new SignedOut("signed-out");
      if (session.record.generation !== known.generation) return session.record;
      try {
        return await this.#renew(session.record, session.version);
      } catch (fault) {
        if (!(fault instanceof InvalidGrant)) throw fault;
        return this.#renewedElsewhere(session.record);
      }
    });
  }

  async #renew(record: SessionRecord, version: string | undefined): Promise<SessionRecord> {
    const { clock, emit, issuer, records } = this.#parts;
    const tokens = await issuer.refresh(record.refreshToken as string);
    const next: SessionRecord = {
      ...tokens,
      refreshToken: tokens.refreshToken ?? record.refreshToken,
      idToken: tokens.idToken ?? record.idToken,
      generation: record.generation + 1,
    };
    const kept = await records.keepSession(next, version);
    // Its first use tells the issuer that it has arrived. One that is not stored yet is not used
    // while the old one still serves: were this process to end now, the old one would be all there
    // is.
    if (!kept && clock.now() < record.expiresAt) return record;
    this.#received = { generation: next.generation, at: clock.monotonic() };
    emit("refreshed", { generation: next.generation });
    return next;
  }

  /** The issuer knows the token no more: another process was faster, or the session is over. */
  async #renewedElsewhere({ generation }: SessionRecord): Promise<SessionRecord> {
    const now = await this.#parts.records.session();
    if (now !== undefined && now.record.generation !== generation) return now.record;
    await this.#forget("session-ended");
    throw new SignedOut("session-ended");
  }

  async #forget(reason: SignedOut["reason"]): Promise<void> {
    await this.#parts.records.dropSession();
    // A device stays the same device when its session has ended; who signs out may hand it to
    // somebody else.
    if (reason === "signed-out") {
      await this.#parts.forgetKey();
    }
    this.#received = undefined;
    this.#parts.emit("signed-out", { reason });
  }

  async #revokeQueued(): Promise<void> {
    for (const token of await this.#parts.records.toRevoke()) {
      const done = await this.#parts.issuer.revoke(token).catch(() => false);
      if (done)
        await this.#parts.records.changeToRevoke((tokens) => tokens.filter((one) => one !== token));
    }
  }
}
