import type { Kysely } from "kysely";
import type { Schema } from "../schema.ts";

/** The table `mutes`. */
export class MuteRows {
  readonly #db: Kysely<Schema>;

  constructor(db: Kysely<Schema>) {
    this.#db = db;
  }

  /** @param document JSON */
  async add(id: string, document: string, endsAtMs: number): Promise<void> {
    await this.#db.insertInto("mutes").values({ id, document, ends_at: endsAtMs }).execute();
  }

  async remove(id: string): Promise<void> {
    await this.#db.deleteFrom("mutes").where("id", "=", id).execute();
  }

  /** The documents of those that have not ended; the others are forgotten. */
  async active(nowMs: number, most: number): Promise<readonly string[]> {
    await this.#db.deleteFrom("mutes").where("ends_at", "<=", nowMs).execute();
    const rows = await this.#db
      .selectFrom("mutes")
      .select("document")
      .orderBy("id")
      .limit(most)
      .execute();
    return rows.map(({ document }) => document);
  }
}
