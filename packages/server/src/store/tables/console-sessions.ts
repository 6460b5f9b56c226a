import type { Kysely, Selectable } from "kysely";
import type { Schema } from "../schema.ts";

/** One sign-in to the console in one browser. */
export interface ConsoleSessionRecord {
  /** SHA-256 of the cookie's value, in hexadecimal. */
  readonly hash: string;
  readonly personId: string;
  /** Browser and system, as the browser says. */
  readonly label: string;
  readonly createdAtMs: number;
  /** When its person has last asked for something. */
  readonly seenAtMs: number;
  /** When its person has last shown a passkey. */
  readonly confirmedAtMs: number;
}

/** The table `console_sessions`. */
export class ConsoleSessionRows {
  readonly #db: Kysely<Schema>;

  constructor(db: Kysely<Schema>) {
    this.#db = db;
  }

  async add(record: ConsoleSessionRecord): Promise<void> {
    const { confirmedAtMs, createdAtMs, hash, label, personId, seenAtMs } = record;
    await this.#db
      .insertInto("console_sessions")
      .values({
        hash,
        person: personId,
        label,
        created_at: createdAtMs,
        seen_at: seenAtMs,
        confirmed_at: confirmedAtMs,
      })
      .execute();
  }

  async byHash(hash: string): Promise<ConsoleSessionRecord | undefined> {
    const row = await this.#db
      .selectFrom("console_sessions")
      .selectAll()
      .where("hash", "=", hash)
      .executeTakeFirst();
    return row === undefined ? undefined : recordOf(row);
  }

  /** The newest first. */
  async of(personId: string): Promise<readonly ConsoleSessionRecord[]> {
    const rows = await this.#db
      .selectFrom("console_sessions")
      .selectAll()
      .where("person", "=", personId)
      .orderBy("seen_at", "desc")
      .execute();
    return rows.map(recordOf);
  }

  /** A session that was signed out meanwhile does not come back. */
  async noteSeen(hash: string, atMs: number): Promise<void> {
    await this.#db
      .updateTable("console_sessions")
      .set({ seen_at: atMs })
      .where("hash", "=", hash)
      .where("seen_at", "<", atMs)
      .execute();
  }

  async noteConfirmed(hash: string, atMs: number): Promise<boolean> {
    const { numUpdatedRows } = await this.#db
      .updateTable("console_sessions")
      .set({ confirmed_at: atMs, seen_at: atMs })
      .where("hash", "=", hash)
      .executeTakeFirst();
    return numUpdatedRows === 1n;
  }

  async remove(hash: string): Promise<boolean> {
    const { numDeletedRows } = await this.#db
      .deleteFrom("console_sessions")
      .where("hash", "=", hash)
      .executeTakeFirst();
    return numDeletedRows === 1n;
  }

  async removeOf(personId: string): Promise<void> {
    await this.#db.deleteFrom("console_sessions").where("person", "=", personId).execute();
  }

  async removeSeenBefore(atMs: number): Promise<void> {
    await this.#db.deleteFrom("console_sessions").where("seen_at", "<", atMs).execute();
  }
}

const recordOf = (row: Selectable<Schema["console_sessions"]>): ConsoleSessionRecord => ({
  hash: row.hash,
  personId: row.person,
  label: row.label,
  createdAtMs: row.created_at,
  seenAtMs: row.seen_at,
  confirmedAtMs: row.confirmed_at,
});
