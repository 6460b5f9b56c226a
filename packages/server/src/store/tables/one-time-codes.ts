import type { OneTimeCodeRecord, OneTimeCodeTable } from "@portcullis/identity/store";
import type { Kysely } from "kysely";
import type { Reseal, SealedTable } from "../reseal.ts";
import type { Schema } from "../schema.ts";

/** The table `one_time_codes`. */
export class OneTimeCodeRows implements OneTimeCodeTable, SealedTable {
  readonly #db: Kysely<Schema>;

  constructor(db: Kysely<Schema>) {
    this.#db = db;
  }

  async put({ about, expiresAtMs, id, purpose, sealed }: OneTimeCodeRecord): Promise<void> {
    await this.#db
      .insertInto("one_time_codes")
      .values({ id, purpose, about, sealed, attempts: 0, expires_at: expiresAtMs })
      .onConflict((conflict) =>
        conflict.column("id").doUpdateSet({ about, sealed, attempts: 0, expires_at: expiresAtMs }),
      )
      .execute();
  }

  async countAttempt(
    id: string,
    mostAttempts: number,
    nowMs: number,
  ): Promise<OneTimeCodeRecord | undefined> {
    const row = await this.#db
      .updateTable("one_time_codes")
      .set((eb) => ({ attempts: eb("attempts", "+", 1) }))
      .where("id", "=", id)
      .where("attempts", "<", mostAttempts)
      .where("expires_at", ">", nowMs)
      .returningAll()
      .executeTakeFirst();
    return row === undefined
      ? undefined
      : {
          id: row.id,
          purpose: row.purpose,
          about: row.about,
          sealed: row.sealed,
          expiresAtMs: row.expires_at,
        };
  }

  async remove(id: string): Promise<boolean> {
    const { numDeletedRows } = await this.#db
      .deleteFrom("one_time_codes")
      .where("id", "=", id)
      .executeTakeFirst();
    return numDeletedRows === 1n;
  }

  async take(id: string, nowMs: number): Promise<string | undefined> {
    const row = await this.#db
      .deleteFrom("one_time_codes")
      .where("id", "=", id)
      .where("expires_at", ">", nowMs)
      .returning("about")
      .executeTakeFirst();
    return row?.about;
  }

  async removeExpired(beforeMs: number, most: number): Promise<number> {
    const { numDeletedRows } = await this.#db
      .deleteFrom("one_time_codes")
      .where("id", "in", (eb) =>
        eb.selectFrom("one_time_codes").select("id").where("expires_at", "<", beforeMs).limit(most),
      )
      .executeTakeFirst();
    return Number(numDeletedRows);
  }

  async reseal(again: Reseal): Promise<number> {
    let count = 0;
    for (const row of await this.#db
      .selectFrom("one_time_codes")
      .select(["id", "sealed"])
      .execute()) {
      const sealed = again(row.sealed, `one_time_codes/${row.id}`);
      if (sealed === undefined) continue;
      await this.#db
        .updateTable("one_time_codes")
        .set({ sealed })
        .where("id", "=", row.id)
        .execute();
      count += 1;
    }
    return count;
  }
}
