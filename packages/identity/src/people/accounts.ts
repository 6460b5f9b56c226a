import { randomBytes } from "node:crypto";
import type { AccountRecord, AccountTable } from "../store/accounts.ts";
import { Busy } from "./hashing-turns.ts";
import type { Passwords } from "./passwords.ts";

export interface Account {
  readonly id: string;
  readonly email: string | undefined;
  readonly emailVerified: boolean;
  /** Hashed; undefined where none was chosen yet. */
  readonly password: string | undefined;
  readonly roles: readonly string[];
  readonly tier: string | undefined;
  readonly version: number;
  /** Raised by whatever ends all that was begun for the account. */
  readonly epoch: number;
  readonly createdAt: number;
  readonly disabled: boolean;
}

export interface NewAccount {
  readonly id?: string | undefined;
  readonly email?: string | undefined;
  readonly emailVerified?: boolean;
  readonly password?: string | undefined;
  readonly roles?: readonly string[];
  readonly tier?: string | undefined;
}

export interface AccountWishes {
  readonly roles?: readonly string[];
  /** `null` takes the tier away. */
  readonly tier?: string | null;
  readonly disabled?: boolean;
}

/** Something a person asked for that cannot be, in words for them. */
export class AccountFault extends Error {}

const emailForm = /^[^\s@<>()[\]\\,;:"]{1,64}@[^\s@]{1,190}\.[^\s@]{2,63}$/u;

/** One spelling of an address, so that nobody can have it twice; undefined when it is none. */
export function readEmail(text: string): string | undefined {
  const email = text.trim().normalize("NFKC").toLowerCase();
  return email.length <= 254 && emailForm.test(email) ? email : undefined;
}

/** The people who can sign in. */
export class Accounts {
  readonly #table: AccountTable;
  readonly #passwords: Passwords;
  readonly #now: () => number;

  constructor(table: AccountTable, passwords: Passwords, now: () => number) {
    this.#table = table;
    this.#passwords = passwords;
    this.#now = now;
  }

  /** @throws AccountFault when the id or the address is taken or malformed */
  async add({
    email,
    emailVerified = false,
    id,
    password,
    roles = [],
    tier,
  }: NewAccount): Promise<Account> {
    const read = email === undefined ? undefined : readEmail(email);
    if (email !== undefined && read === undefined)
      throw new AccountFault(`'${email}' is not an e-mail address`);
    if (id !== undefined && (!/^[!-~]{1,120}$/.test(id) || id.startsWith("client:")))
      throw new AccountFault(
        `'${id}' is not an id: up to 120 visible characters, not beginning with 'client:'`,
      );
    const now = this.#now();
    const record: AccountRecord = {
      id: id ?? `u-${randomBytes(12).toString("base64url")}`,
      email: read,
      emailVerifiedAtMs: emailVerified && read !== undefined ? now : undefined,
      passwordHash: password === undefined ? undefined : await this.#passwords.hash(password),
      roles,
      tier,
      version: 1,
      epoch: 1,
      createdAtMs: now,
      disabledAtMs: undefined,
    };
    if (!(await this.#table.add(record)))
      throw new AccountFault("there is an account with this id or address already");
    return accountOf(record);
  }

  async byId(id: string): Promise<Account | undefined> {
    const record = await this.#table.byId(id);
    return record === undefined ? undefined : accountOf(record);
  }

  async byEmail(email: string): Promise<Account | undefined> {
    const record = await this.#table.byEmail(email);
    return record === undefined ? undefined : accountOf(record);
  }

  async list(most: number, after = ""): Promise<readonly Account[]> {
    return (await this.#table.list(most, after)).map(accountOf);
  }

  /**
   * Of somebody whose password was right: kept in the way that passwords are kept now, if it was
   * made in an older one.
   */
  async renewHash({ id, password: before }: Account, password: string): Promise<void> {
    if (before === undefined || !this.#passwords.isOutdated(before)) return;
    const after = await this.#passwords.hash(password).catch(unlessBusy);
    if (after !== undefined) await this.#table.renewPasswordHash(id, before, after);
  }

  /** @param hash as `Passwords` gives it */
  async setPassword(id: string, hash: string): Promise<void> {
    await this.#table.setPasswordHash(id, hash);
  }

  /**
   * @param email as readEmail gives it, proven to be the person's own. @returns false when somebody
   * else has it
   */
  async changeEmail(id: string, email: string): Promise<boolean> {
    if ((await this.byEmail(email)) !== undefined) return false;
    try {
      return await this.#table.changeEmail(id, email, this.#now());
    } catch (fault) {
      // Two people at the same moment: the address is unique in the table.
      if ((await this.byEmail(email)) !== undefined) return false;
      throw fault;
    }
  }

  /**
   * Changes what stands in tokens: those of the version before are to be renewed. @returns the new
   * version; undefined when there is no such account
   */
  async change(id: string, { disabled, ...rest }: AccountWishes): Promise<number | undefined> {
    return this.#table.change(id, {
      ...rest,
      ...(disabled === undefined ? {} : { disabledAtMs: disabled ? this.#now() : null }),
    });
  }

  async remove(id: string): Promise<boolean> {
    return this.#table.remove(id);
  }
}

/** It can be done at the next sign-in as well. */
function unlessBusy(fault: unknown): undefined {
  if (!(fault instanceof Busy)) throw fault;
}

/** An account as the store has it. */
export const accountOf = (record: AccountRecord): Account => ({
  id: record.id,
  email: record.email,
  emailVerified: record.emailVerifiedAtMs !== undefined,
  password: record.passwordHash,
  roles: record.roles,
  tier: record.tier,
  version: record.version,
  epoch: record.epoch,
  createdAt: record.createdAtMs,
  disabled: record.disabledAtMs !== undefined,
});
