import type { CounterTable } from "@portcullis/identity/store";
import type { Kysely } from "kysely";
import type { Schema } from "../schema.ts";

/**
 * The table `counters`. One number tells how much is left: the moment at which everything that was
 * taken will have come back (the generic cell rate algorithm, ITU-T I.371).
 */
export class CounterRows implements CounterTable {
  readonly #db: Kysely<Schema>;

  constructor(db: Kysely<Schema>) {
    this.#db = db;
  }

  async take(key: string, limit: number, everyMs: number, nowMs: number): Promise<number> {
    const latest = nowMs + (limit - 1) * everyMs;
    const taken = await this.#db
      .insertInto("counters")
      .values({ key, whole_at: nowMs + everyMs })
      .onConflict((conflict) =>
        conflict
          .column("key")
          .doUpdateSet((eb) => ({
            whole_at: eb
              .case()
              .when("counters.whole_at", ">", nowMs)
              .then(eb("counters.whole_at", "+", everyMs))
              .else(nowMs + everyMs)
              .end(),
          }))
          .where("counters.whole_at", "<=", latest),
      )
      .returning("key")
      .executeTakeFirst();
    return taken === undefined ? this.#waitMs(key, latest) : 0;
  }

  async giveBack(key: string, everyMs: number): Promise<void> {
    await this.#db
      .updateTable("counters")
      .set((eb) => ({ whole_at: eb("whole_at", "-", everyMs) }))
      .where("key", "=", key)
      .execute();
  }

  async forget(key: string): Promise<void> {
    await this.#db.deleteFrom("counters").where("key", "=", key).execute();
  }

  async removeUnused(nowMs: number, most: number): Promise<number> {
    const { numDeletedRows } = await this.#db
      .deleteFrom("counters")
      .where("key", "in", (eb) =>
        eb.selectFrom("counters").select("key").where("whole_at", "<=", nowMs).limit(most),
      )
      // Somebody may have taken one meanwhile.
      .where("whole_at", "<=", nowMs)
      .executeTakeFirst();
    return Number(numDeletedRows);
  }

  /** Only told to the caller, who was refused already: nothing is judged by it. */
  async #waitMs(key: string, latest: number): Promise<number> {
    const row = await this.#db
      .selectFrom("counters")
      .select("whole_at")
      .where("key", "=", key)
      .executeTakeFirst();
    return Math.max(1, (row?.whole_at ?? 0) - latest);
  }
}
