import type { Kysely, Selectable } from "kysely";
import type { Schema } from "../schema.ts";

/** A token of the admin API, as it is kept: by its hash, never by itself. */
export interface AdminTokenRecord {
  readonly name: string;
  /** SHA-256 of the token, in hexadecimal. */
  readonly hash: string;
  readonly role: string;
  readonly createdAtMs: number;
  readonly expiresAtMs: number;
}

/** The table `admin_tokens`. */
export class AdminTokenRows {
  readonly #db: Kysely<Schema>;

  constructor(db: Kysely<Schema>) {
    this.#db = db;
  }

  /** @returns false where there is one of this name */
  async add(record: AdminTokenRecord): Promise<boolean> {
    const { createdAtMs, expiresAtMs, hash, name, role } = record;
    const { numInsertedOrUpdatedRows } = await this.#db
      .insertInto("admin_tokens")
      .values({ name, hash, role, created_at: createdAtMs, expires_at: expiresAtMs })
      .onConflict((conflict) => conflict.column("name").doNothing())
      .executeTakeFirst();
    return numInsertedOrUpdatedRows === 1n;
  }

  async byHash(hash: string): Promise<AdminTokenRecord | undefined> {
    const row = await this.#db
      .selectFrom("admin_tokens")
      .selectAll()
      .where("hash", "=", hash)
      .executeTakeFirst();
    return row === undefined ? undefined : recordOf(row);
  }

  /** By name. */
  async all(): Promise<readonly AdminTokenRecord[]> {
    const rows = await this.#db.selectFrom("admin_tokens").selectAll().orderBy("name").execute();
    return rows.map(recordOf);
  }

  /** @returns false where there is none of this name */
  async remove(name: string): Promise<boolean> {
    const { numDeletedRows } = await this.#db
      .deleteFrom("admin_tokens")
      .where("name", "=", name)
      .executeTakeFirst();
    return numDeletedRows === 1n;
  }
}

const recordOf = (row: Selectable<Schema["admin_tokens"]>): AdminTokenRecord => ({
  name: row.name,
  hash: row.hash,
  role: row.role,
  createdAtMs: row.created_at,
  expiresAtMs: row.expires_at,
});
