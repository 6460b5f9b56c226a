import type {
  AccountChange,
  AccountRecord,
  AccountTable,
  RaisedAccount,
} from "@portcullis/identity/store";
import type { Kysely, Selectable } from "kysely";
import type { Schema } from "../schema.ts";

/** The table `accounts`. */
export class AccountRows implements AccountTable {
  readonly #db: Kysely<Schema>;

  constructor(db: Kysely<Schema>) {
    this.#db = db;
  }

  async add(account: AccountRecord): Promise<boolean> {
    const { numInsertedOrUpdatedRows } = await this.#db
      .insertInto("accounts")
      .values({
        id: account.id,
        email: account.email ?? null,
        email_verified_at: account.emailVerifiedAtMs ?? null,
        password: account.passwordHash ?? null,
        roles: JSON.stringify(account.roles),
        tier: account.tier ?? null,
        version: account.version,
        epoch: account.epoch,
        created_at: account.createdAtMs,
        disabled_at: account.disabledAtMs ?? null,
      })
      .onConflict((conflict) => conflict.doNothing())
      .executeTakeFirst();
    return numInsertedOrUpdatedRows === 1n;
  }

  async byId(id: string): Promise<AccountRecord | undefined> {
    const row = await this.#db
      .selectFrom("accounts")
      .selectAll()
      .where("id", "=", id)
      .executeTakeFirst();
    return row === undefined ? undefined : recordOf(row);
  }

  async byEmail(email: string): Promise<AccountRecord | undefined> {
    const row = await this.#db
      .selectFrom("accounts")
      .selectAll()
      .where("email", "=", email)
      .executeTakeFirst();
    return row === undefined ? undefined : recordOf(row);
  }

  async list(most: number, afterId: string): Promise<readonly AccountRecord[]> {
    const rows = await this.#db
      .selectFrom("accounts")
      .selectAll()
      .where("id", ">", afterId)
      .orderBy("id")
      .limit(most)
      .execute();
    return rows.map(recordOf);
  }

  async setPasswordHash(id: string, passwordHash: string | null): Promise<void> {
    await this.#db
      .updateTable("accounts")
      .set({ password: passwordHash })
      .where("id", "=", id)
      .execute();
  }

  async raiseEpoch(id: string): Promise<RaisedAccount | undefined> {
    const row = await this.#db
      .updateTable("accounts")
      .set((eb) => ({ epoch: eb("epoch", "+", 1), version: eb("version", "+", 1) }))
      .where("id", "=", id)
      .returning(["epoch", "version"])
      .executeTakeFirst();
    return row === undefined ? undefined : { epoch: row.epoch, version: row.version };
  }

  async raiseEpochTo(id: string, epoch: number): Promise<RaisedAccount | undefined> {
    const row = await this.#db
      .updateTable("accounts")
      .set((eb) => ({ epoch, version: eb("version", "+", 1) }))
      .where("id", "=", id)
      .where("epoch", "<", epoch)
      .returning(["epoch", "version"])
      .executeTakeFirst();
    return row === undefined ? undefined : { epoch: row.epoch, version: row.version };
  }

  async raiseEveryEpoch(): Promise<void> {
    await this.#db
      .updateTable("accounts")
      .set((eb) => ({ epoch: eb("epoch", "+", 1), version: eb("version", "+", 1) }))
      .execute();
  }

  async renewPasswordHash(id: string, before: string, after: string): Promise<void> {
    await this.#db
      .updateTable("accounts")
      .set({ password: after })
      .where("id", "=", id)
      .where("password", "=", before)
      .execute();
  }

  async changeEmail(id: string, email: string, verifiedAtMs: number): Promise<boolean> {
    const { numUpdatedRows } = await this.#db
      .updateTable("accounts")
      .set((eb) => ({ email, email_verified_at: verifiedAtMs, version: eb("version", "+", 1) }))
      .where("id", "=", id)
      .executeTakeFirst();
    return numUpdatedRows === 1n;
  }

  async change(
    id: string,
    { disabledAtMs, roles, tier }: AccountChange,
  ): Promise<number | undefined> {
    const row = await this.#db
      .updateTable("accounts")
      .set((eb) => ({
        version: eb("version", "+", 1),
        ...(roles === undefined ? {} : { roles: JSON.stringify(roles) }),
        ...(tier === undefined ? {} : { tier }),
        ...(disabledAtMs === undefined ? {} : { disabled_at: disabledAtMs }),
      }))
      .where("id", "=", id)
      .returning("version")
      .executeTakeFirst();
    return row?.version;
  }

  async remove(id: string): Promise<boolean> {
    const { numDeletedRows } = await this.#db
      .deleteFrom("accounts")
      .where("id", "=", id)
      .executeTakeFirst();
    return numDeletedRows === 1n;
  }
}

function recordOf(row: Selectable<Schema["accounts"]>): AccountRecord {
  return {
    id: row.id,
    email: row.email ?? undefined,
    emailVerifiedAtMs: row.email_verified_at ?? undefined,
    passwordHash: row.password ?? undefined,
    roles: JSON.parse(row.roles) as string[],
    tier: row.tier ?? undefined,
    version: row.version,
    epoch: row.epoch,
    createdAtMs: row.created_at,
    disabledAtMs: row.disabled_at ?? undefined,
  };
}
