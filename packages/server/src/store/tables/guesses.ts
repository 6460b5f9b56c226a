import type { GuessRecord, GuessTable } from "@portcullis/identity/store";
import type { Kysely } from "kysely";
import type { Schema } from "../schema.ts";

/** The table `guesses`. */
export class GuessRows implements GuessTable {
  readonly #db: Kysely<Schema>;

  constructor(db: Kysely<Schema>) {
    this.#db = db;
  }

  async find(key: string): Promise<GuessRecord | undefined> {
    const row = await this.#db
      .selectFrom("guesses")
      .selectAll()
      .where("key", "=", key)
      .executeTakeFirst();
    return row === undefined ? undefined : { failures: row.failures, lastAtMs: row.last_at };
  }

  async count(key: string, atMs: number, forgottenBeforeMs: number): Promise<void> {
    await this.#db
      .insertInto("guesses")
      .values({ key, failures: 1, first_at: atMs, last_at: atMs })
      .onConflict((conflict) =>
        conflict.column("key").doUpdateSet((eb) => ({
          failures: eb
            .case()
            .when("guesses.last_at", "<", forgottenBeforeMs)
            .then(1)
            .else(eb("guesses.failures", "+", 1))
            .end(),
          last_at: atMs,
        })),
      )
      .execute();
  }

  async takeBack(key: string): Promise<void> {
    await this.#db
      .updateTable("guesses")
      .set((eb) => ({ failures: eb("failures", "-", 1) }))
      .where("key", "=", key)
      .where("failures", ">", 0)
      .execute();
  }

  async forget(key: string): Promise<void> {
    await this.#db.deleteFrom("guesses").where("key", "=", key).execute();
  }

  async removeBefore(lastAtMs: number): Promise<void> {
    await this.#db.deleteFrom("guesses").where("last_at", "<", lastAtMs).execute();
  }
}
