import type { Kysely, Selectable } from "kysely";
import type { Schema } from "../schema.ts";

/** A link that lets one person in, once. */
export interface ConsoleLinkRecord {
  /** SHA-256 of what the link carries, in hexadecimal. */
  readonly hash: string;
  /** Whom it lets in; undefined: whoever opens it chooses a name. */
  readonly name: string | undefined;
  readonly role: string;
  readonly createdBy: string;
  readonly endsAtMs: number;
}

/** The table `console_links`. */
export class ConsoleLinkRows {
  readonly #db: Kysely<Schema>;

  constructor(db: Kysely<Schema>) {
    this.#db = db;
  }

  async add({ createdBy, endsAtMs, hash, name, role }: ConsoleLinkRecord): Promise<void> {
    await this.#db
      .insertInto("console_links")
      .values({ hash, name: name ?? null, role, created_by: createdBy, ends_at: endsAtMs })
      .execute();
  }

  /** One that may still be used. */
  async find(hash: string, nowMs: number): Promise<ConsoleLinkRecord | undefined> {
    const row = await this.#db
      .selectFrom("console_links")
      .selectAll()
      .where("hash", "=", hash)
      .where("ends_at", ">", nowMs)
      .executeTakeFirst();
    return row === undefined ? undefined : recordOf(row);
  }

  /** In one statement: of two that use a link at once, one is told that it may. */
  async spend(hash: string, nowMs: number): Promise<boolean> {
    const { numDeletedRows } = await this.#db
      .deleteFrom("console_links")
      .where("hash", "=", hash)
      .where("ends_at", ">", nowMs)
      .executeTakeFirst();
    return numDeletedRows === 1n;
  }

  async removeEnded(nowMs: number): Promise<void> {
    await this.#db.deleteFrom("console_links").where("ends_at", "<=", nowMs).execute();
  }

  /** Those that somebody has made and nobody has used. */
  async removeBy(createdBy: string): Promise<void> {
    await this.#db.deleteFrom("console_links").where("created_by", "=", createdBy).execute();
  }

  /** Those that were made for somebody of this name. */
  async removeFor(name: string): Promise<void> {
    await this.#db.deleteFrom("console_links").where("name", "=", name).execute();
  }
}

const recordOf = (row: Selectable<Schema["console_links"]>): ConsoleLinkRecord => ({
  hash: row.hash,
  name: row.name ?? undefined,
  role: row.role,
  createdBy: row.created_by,
  endsAtMs: row.ends_at,
});
