import { OneTimeCodes } from "../factors/one-time-codes.ts";
import type { Store } from "../store/store.ts";
import {
  type Account,
  AccountFault,
  Accounts,
  type AccountWishes,
  type NewAccount,
  readEmail,
} from "./accounts.ts";
import type { Sealing } from "../store/sealing.ts";
import { audit } from "./audit.ts";
import { Passwords } from "./passwords.ts";
import { revoke } from "./revoke.ts";
import { Sessions } from "./sessions.ts";

export { type Account, AccountFault, type AccountWishes, type NewAccount } from "./accounts.ts";

/** A caller, or a session, as the gate names them, and how long that must be known. */
export interface RevokedCaller {
  readonly kind: "subject" | "session";
  readonly value: string;
  readonly lastsMs: number;
}

/**
 * What an administrator does to people's accounts, from the command line or over the admin API. All
 * of it is felt at the gate within a second, and written down.
 */
export class Administration {
  readonly accounts: Accounts;
  readonly sessions: Sessions;
  readonly #store: Store;
  readonly #codes: OneTimeCodes;
  readonly #actor: string;
  readonly #roles: ReadonlySet<string>;

  /** @param actor who the audit says has done it */
  constructor(store: Store, sealing: Sealing, actor: string, roles: readonly string[]) {
    this.#store = store;
    this.#codes = new OneTimeCodes(store.oneTimeCodes, sealing, Date.now);
    this.#actor = actor;
    this.#roles = new Set(roles);
    this.accounts = new Accounts(store.accounts, new Passwords(store.secrets, sealing), Date.now);
    this.sessions = new Sessions(store, Date.now);
  }

  async find(name: string): Promise<Account | undefined> {
    const email = readEmail(name);
    return (
      (await this.accounts.byId(name)) ??
      (email === undefined ? undefined : this.accounts.byEmail(email))
    );
  }

  /**
   * @throws AccountFault for an address or id that is taken or malformed, and for a role that the
   * policy does not have
   */
  async add(account: NewAccount): Promise<Account> {
    this.#noteRoles(account.roles ?? []);
    const added = await this.accounts.add(account);
    await this.#note("user-added", added.id);
    return added;
  }

  /**
   * Tokens that carry the old roles or tier are refused from now on; the app renews them without
   * asking anybody.
   */
  async change(account: Account, change: AccountWishes): Promise<void> {
    this.#noteRoles(change.roles ?? []);
    await this.#outdate(account.id, change);
    if (change.disabled === true) await this.sessions.endEverything(account.id, "account-disabled");
    await this.#note("user-changed", account.id, {
      ...(change.roles === undefined ? {} : { roles: change.roles.join(" ") }),
      ...(change.disabled === undefined ? {} : { disabled: change.disabled }),
    });
  }

  async remove(account: Account): Promise<void> {
    await this.sessions.endEverything(account.id, "account-removed");
    await revoke(this.#store.revocations, Date.now(), {
      kind: "subject",
      value: account.id,
      beforeSeconds: nowSeconds(),
    });
    await this.accounts.remove(account.id);
    await this.#note("user-removed", account.id);
  }

  /** @returns how many sessions have ended */
  async signOut(account: Account, sessionId?: string): Promise<number> {
    const ended =
      sessionId === undefined
        ? await this.sessions.endEverything(account.id, "ended-by-administrator")
        : await this.sessions.end(
            { accountId: account.id, id: sessionId },
            "ended-by-administrator",
          );
    await this.#note("user-signed-out", account.id, { sessions: ended });
    return ended;
  }

  /**
   * A code for somebody who has no second factor and no verified address: with it, and the
   * password, they set one up. One at a time, good for a day.
   */
  async invite(account: Account): Promise<string> {
    const code = await this.#codes.makeByHand("invitation", account.id);
    await this.#note("user-invited", account.id);
    return code;
  }

  /** Refuses the tokens of somebody whom another issuer signs in, and who has no account here. */
  async signOutSubject(subject: string): Promise<void> {
    await revoke(this.#store.revocations, Date.now(), {
      kind: "subject",
      value: subject,
      beforeSeconds: nowSeconds(),
    });
    await this.#note("user-signed-out", subject);
  }

  /**
   * Refuses what a source has given out to a caller until now, or a session, whatever the source.
   *
   * @param caller as the gate names its callers @returns until when, in milliseconds since 1970
   */
  async revokeCaller({ kind, lastsMs, value }: RevokedCaller): Promise<number> {
    const nowMs = Date.now();
    await revoke(this.#store.revocations, nowMs, {
      kind,
      value,
      lastsMs,
      ...(kind === "subject" ? { beforeSeconds: nowSeconds() } : {}),
    });
    await this.#note("caller-revoked", `${kind}:${value}`);
    return nowMs + lastsMs;
  }

  /** What was revoked before is believed again. */
  async liftRevocation({ kind, lastsMs, value }: RevokedCaller): Promise<void> {
    const before = await this.#store.revocations.find(kind, value);
    const leastVersion = before?.leastVersion;
    await revoke(this.#store.revocations, Date.now(), {
      kind,
      value,
      lastsMs,
      // Nothing was given out before 1970.
      ...(leastVersion === undefined ? { beforeSeconds: -1 } : { leastVersion }),
    });
    await this.#note("revocation-lifted", `${kind}:${value}`);
  }

  /** Refuses every token that was issued until now. @returns how many sessions have ended */
  async signOutEverybody(): Promise<number> {
    const ended = await this.sessions.endEverythingOfEverybody("ended-by-administrator");
    await this.#note("everybody-signed-out", "everybody", { sessions: ended });
    return ended;
  }

  async #outdate(id: string, change: AccountWishes): Promise<void> {
    const version = await this.accounts.change(id, change);
    if (version !== undefined)
      await revoke(this.#store.revocations, Date.now(), {
        kind: "subject",
        value: id,
        leastVersion: version,
      });
  }

  #noteRoles(roles: readonly string[]): void {
    for (const role of roles)
      if (!this.#roles.has(role))
        throw new AccountFault(
          `there is no role '${role}'; the policy has ${[...this.#roles].join(", ") || "none"}`,
        );
  }

  #note(
    action: string,
    about: string,
    details?: Readonly<Record<string, string | number | boolean>>,
  ): Promise<void> {
    return audit(this.#store.audit, Date.now(), {
      actor: this.#actor,
      action,
      about: `user:${about}`,
      ...(details === undefined ? {} : { details }),
    });
  }
}

const nowSeconds = (): number => Math.floor(Date.now() / 1000);
