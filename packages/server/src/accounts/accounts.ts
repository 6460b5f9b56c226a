import { randomBytes } from "node:crypto";
import type { Database } from "../store/open-store.ts";
import type { Tables } from "../store/tables.ts";
import { hashPassword } from "./passwords.ts";

export interface Account {
  readonly id: string;
  readonly email: string | undefined;
  readonly emailVerified: boolean;
  readonly password: string | undefined;
  readonly roles: readonly string[];
  readonly tier: string | undefined;
  readonly version: number;
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
  readonly #db: Database;
  readonly #now: () => number;

  constructor(db: Database, now: () => number) {
    this.#db = db;
    this.#now = now;
  }

  /** @throws AccountFault when the id or the address is taken or malformed */
  async add({ email, emailVerified = false, id, password, roles = [], tier }: NewAccount): Promise<Account> {
    const read = email === undefined ? undefined : readEmail(email);
    if (email !== undefined && read === undefined) throw new AccountFault(`'${email}' is not an e-mail address`);
    if (id !== undefined && (!/^[!-~]{1,120}$/.test(id) || id.startsWith("client:"))) throw new AccountFault(`'${id}' is not an id: up to 120 visible characters, not beginning with 'client:'`);
    const now = this.#now();
    const row: Tables["accounts"] = {
      id: id ?? `u-${randomBytes(12).toString("base64url")}`,
      email: read ?? null,
      email_verified_at: emailVerified && read !== undefined ? now : null,
      password: password === undefined ? null : await hashPassword(password),
      roles: JSON.stringify(roles),
      tier: tier ?? null,
      version: 1,
      created_at: now,
      disabled_at: null,
    };
    const { numInsertedOrUpdatedRows } = await this.#db.insertInto("accounts").values(row).onConflict((conflict) => conflict.doNothing()).executeTakeFirst();
    if (numInsertedOrUpdatedRows !== 1n) throw new AccountFault(`there is an account with this id or address already`);
    return accountOf(row);
  }

  async byId(id: string): Promise<Account | undefined> {
    const row = await this.#db.selectFrom("accounts").selectAll().where("id", "=", id).executeTakeFirst();
    return row === undefined ? undefined : accountOf(row);
  }

  async byEmail(email: string): Promise<Account | undefined> {
    const row = await this.#db.selectFrom("accounts").selectAll().where("email", "=", email).executeTakeFirst();
    return row === undefined ? undefined : accountOf(row);
  }

  async list(most: number, after = ""): Promise<readonly Account[]> {
    return (await this.#db.selectFrom("accounts").selectAll().where("id", ">", after).orderBy("id").limit(most).execute()).map(accountOf);
  }

  async setPassword(id: string, password: string): Promise<void> {
    await this.#db.updateTable("accounts").set({ password: await hashPassword(password) }).where("id", "=", id).execute();
  }

  async setEmailVerified(id: string): Promise<void> {
    await this.#db.updateTable("accounts").set({ email_verified_at: this.#now() }).where("id", "=", id).execute();
  }

  /** @param email as readEmail gives it, proven to be the person's own. @returns false when somebody else has it */
  async changeEmail(id: string, email: string): Promise<boolean> {
    if ((await this.byEmail(email)) !== undefined) return false;
    try {
      const { numUpdatedRows } = await this.#db.updateTable("accounts").set((eb) => ({ email, email_verified_at: this.#now(), version: eb("version", "+", 1) })).where("id", "=", id).executeTakeFirst();
      return numUpdatedRows === 1n;
    } catch (fault) {
      // Two people at the same moment: the address is unique in the table.
      if ((await this.byEmail(email)) !== undefined) return false;
      throw fault;
    }
  }

  /** What stands in tokens has changed: those of the version before are to be renewed. @returns the new version */
  async change(id: string, change: { readonly roles?: readonly string[]; readonly tier?: string | null; readonly disabled?: boolean }): Promise<number | undefined> {
    const row = await this.#db
      .updateTable("accounts")
      .set((eb) => ({
        version: eb("version", "+", 1),
        ...(change.roles === undefined ? {} : { roles: JSON.stringify(change.roles) }),
        ...(change.tier === undefined ? {} : { tier: change.tier }),
        ...(change.disabled === undefined ? {} : { disabled_at: change.disabled ? this.#now() : null }),
      }))
      .where("id", "=", id)
      .returning("version")
      .executeTakeFirst();
    return row?.version;
  }

  async remove(id: string): Promise<boolean> {
    return (await this.#db.deleteFrom("accounts").where("id", "=", id).executeTakeFirst()).numDeletedRows === 1n;
  }
}

function accountOf(row: Tables["accounts"]): Account {
  return {
    id: row.id,
    email: row.email ?? undefined,
    emailVerified: row.email_verified_at !== null,
    password: row.password ?? undefined,
    roles: JSON.parse(row.roles) as string[],
    tier: row.tier ?? undefined,
    version: row.version,
    createdAt: row.created_at,
    disabled: row.disabled_at !== null,
  };
}
