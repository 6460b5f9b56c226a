import type { QuotaTake } from "@portcullis/guard/state";
import type { Kysely } from "kysely";
import type { Schema } from "../schema.ts";

/** What a sum of amounts may be wrong by. */
const grain = 1e-9;

/** What the program asks of the table. */
export interface LimitQuotaTable {
  /** What is left; undefined where there is not enough. */
  take(take: QuotaTake): Promise<number | undefined>;
  /** Nothing is taken beyond the quota, and nothing given back of another window. */
  change(take: QuotaTake, by: number): Promise<void>;
}

/**
 * The table `limit_quotas`. One statement counts, so that nodes which share the database count
 * together. The window that was begun holds until it ends by the asker's clock: a clock that is set
 * back leads into no other.
 */
export class LimitQuotaRows implements LimitQuotaTable {
  readonly #db: Kysely<Schema>;

  constructor(db: Kysely<Schema>) {
    this.#db = db;
  }

  async take({ atMs, cost, endsAtMs, most, name }: QuotaTake): Promise<number | undefined> {
    const taken = await this.#db
      .insertInto("limit_quotas")
      .values({ name, used: cost, ends_at: endsAtMs })
      .onConflict((conflict) =>
        conflict
          .column("name")
          .doUpdateSet((eb) => ({
            used: eb
              .case()
              .when("limit_quotas.ends_at", "<=", atMs)
              .then(eb.val(cost))
              .else(eb("limit_quotas.used", "+", cost))
              .end(),
            ends_at: eb
              .case()
              .when("limit_quotas.ends_at", "<=", atMs)
              .then(eb.val(endsAtMs))
              .else(eb.ref("limit_quotas.ends_at"))
              .end(),
          }))
          .where((eb) =>
            eb.or([
              eb("limit_quotas.ends_at", "<=", atMs),
              eb("limit_quotas.used", "<=", most - cost + grain),
            ]),
          ),
      )
      .returning("used")
      .executeTakeFirst();
    return taken === undefined ? undefined : Math.max(most - taken.used, 0);
  }

  async change({ endsAtMs, most, name }: QuotaTake, by: number): Promise<void> {
    await this.#db
      .updateTable("limit_quotas")
      .set((eb) => ({
        used: eb
          .case()
          .when(eb("used", "+", by), ">", most)
          .then(eb.val(most))
          .when(eb("used", "+", by), "<", 0)
          .then(eb.val(0))
          .else(eb("used", "+", by))
          .end(),
      }))
      .where("name", "=", name)
      .where("ends_at", "<=", endsAtMs)
      .execute();
  }

  async removeEnded(beforeMs: number, most: number): Promise<number> {
    const { numDeletedRows } = await this.#db
      .deleteFrom("limit_quotas")
      .where("name", "in", (eb) =>
        eb.selectFrom("limit_quotas").select("name").where("ends_at", "<=", beforeMs).limit(most),
      )
      // It may have begun anew meanwhile.
      .where("ends_at", "<=", beforeMs)
      .executeTakeFirst();
    return Number(numDeletedRows);
  }
}
