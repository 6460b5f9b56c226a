import type { Database } from "../store/open-store.ts";
import { type Account, AccountFault, Accounts, type NewAccount, readEmail } from "./accounts.ts";
import { audit } from "./audit.ts";
import { revoke, Sessions } from "./sessions.ts";

/** What an administrator does to people's accounts, from the command line or over the admin API. All of it is felt at the gate within a second, and written down. */
export class Administration {
  readonly accounts: Accounts;
  readonly sessions: Sessions;
  readonly #db: Database;
  readonly #actor: string;
  readonly #roles: ReadonlySet<string>;

  /** @param actor who it will be said to have been */
  constructor(db: Database, actor: string, roles: readonly string[]) {
    this.#db = db;
    this.#actor = actor;
    this.#roles = new Set(roles);
    this.accounts = new Accounts(db, Date.now);
    this.sessions = new Sessions(db, Date.now);
  }

  async find(name: string): Promise<Account | undefined> {
    const email = readEmail(name);
    return (await this.accounts.byId(name)) ?? (email === undefined ? undefined : this.accounts.byEmail(email));
  }

  /** @throws AccountFault for an address or id that is taken or malformed, and for a role that the policy does not have */
  async add(account: NewAccount): Promise<Account> {
    this.#noteRoles(account.roles ?? []);
    const added = await this.accounts.add(account);
    await this.#note("user-added", added.id);
    return added;
  }

  /** Tokens that say what was true before are refused from now on; the app renews them without asking anybody. */
  async change(account: Account, change: { readonly roles?: readonly string[]; readonly tier?: string | null; readonly disabled?: boolean }): Promise<void> {
    this.#noteRoles(change.roles ?? []);
    await this.#outdate(account.id, change);
    if (change.disabled === true) await this.#endAll(account.id, "account-disabled");
    await this.#note("user-changed", account.id, { ...(change.roles === undefined ? {} : { roles: change.roles.join(" ") }), ...(change.disabled === undefined ? {} : { disabled: change.disabled }) });
  }

  async remove(account: Account): Promise<void> {
    await this.#endAll(account.id, "account-removed");
    await revoke(this.#db, Date.now(), { kind: "subject", value: account.id, beforeSeconds: nowSeconds() });
    await this.accounts.remove(account.id);
    await this.#note("user-removed", account.id);
  }

  /** @returns how many sessions have ended */
  async signOut(account: Account, sessionId?: string): Promise<number> {
    const ended = sessionId === undefined ? await this.#endAll(account.id, "ended-by-administrator") : await this.sessions.end({ accountId: account.id, id: sessionId }, "ended-by-administrator");
    if (sessionId === undefined) await this.#outdate(account.id, {});
    await this.#note("user-signed-out", account.id, { sessions: ended });
    return ended;
  }

  /** Of an issuer elsewhere the gate knows nobody by name, but it can stop believing their tokens. */
  async signOutSubject(subject: string): Promise<void> {
    await revoke(this.#db, Date.now(), { kind: "subject", value: subject, beforeSeconds: nowSeconds() });
    await this.#note("user-signed-out", subject);
  }

  /** Every token that was issued until now. @returns how many sessions have ended */
  async signOutEverybody(): Promise<number> {
    await revoke(this.#db, Date.now(), { kind: "everything", value: "", beforeSeconds: nowSeconds() });
    const ended = await this.sessions.end({}, "ended-by-administrator");
    await this.sessions.endBrowsers(undefined);
    await this.#note("everybody-signed-out", "everybody", { sessions: ended });
    return ended;
  }

  async #outdate(id: string, change: Parameters<Accounts["change"]>[1]): Promise<void> {
    const version = await this.accounts.change(id, change);
    if (version !== undefined) await revoke(this.#db, Date.now(), { kind: "subject", value: id, leastVersion: version });
  }

  async #endAll(accountId: string, because: string): Promise<number> {
    const ended = await this.sessions.end({ accountId }, because);
    await this.sessions.endBrowsers(accountId);
    return ended;
  }

  #noteRoles(roles: readonly string[]): void {
    for (const role of roles) if (!this.#roles.has(role)) throw new AccountFault(`there is no role '${role}'; the policy has ${[...this.#roles].join(", ") || "none"}`);
  }

  #note(action: string, about: string, details?: Readonly<Record<string, string | number | boolean>>): Promise<void> {
    return audit(this.#db, Date.now(), { actor: this.#actor, action, about: `user:${about}`, ...(details === undefined ? {} : { details }) });
  }
}

const nowSeconds = (): number => Math.floor(Date.now() / 1000);
