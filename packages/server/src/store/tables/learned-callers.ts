import type { LearnedEntry } from "@portcullis/guard/state";
import type { Kysely } from "kysely";
import type { Schema } from "../schema.ts";

/** The table `learned_callers`. */
export class LearnedCallerRows {
  readonly #db: Kysely<Schema>;

  constructor(db: Kysely<Schema>) {
    this.#db = db;
  }

  async put(name: string, { expiresAtSeconds, owner, sealed }: LearnedEntry): Promise<void> {
    const row = {
      owner: Buffer.from(owner),
      sealed: Buffer.from(sealed),
      expires_at: expiresAtSeconds * 1000,
    };
    await this.#db
      .insertInto("learned_callers")
      .values({ name, ...row })
      .onConflict((conflict) => conflict.column("name").doUpdateSet(row))
      .execute();
  }

  async remove(name: string): Promise<void> {
    await this.#db.deleteFrom("learned_callers").where("name", "=", name).execute();
  }

  /** Those that have not ended, the one that ends last first. */
  async all(
    nowMs: number,
    most: number,
  ): Promise<readonly (LearnedEntry & { readonly name: string })[]> {
    const rows = await this.#db
      .selectFrom("learned_callers")
      .selectAll()
      .where("expires_at", ">", nowMs)
      .orderBy("expires_at", "desc")
      .limit(most)
      .execute();
    return rows.map(({ expires_at, name, owner, sealed }) => ({
      name,
      owner,
      sealed,
      expiresAtSeconds: Math.floor(expires_at / 1000),
    }));
  }

  async removeExpired(nowMs: number): Promise<void> {
    await this.#db.deleteFrom("learned_callers").where("expires_at", "<=", nowMs).execute();
  }
}
