import type { RestorationRecord, RestorationTable } from "@portcullis/identity/store";
import type { Kysely } from "kysely";
import type { Schema } from "../schema.ts";

/** The table `restorations`. */
export class RestorationRows implements RestorationTable {
  readonly #db: Kysely<Schema>;

  constructor(db: Kysely<Schema>) {
    this.#db = db;
  }

  async put({ copyOfMs, saidAtMs }: RestorationRecord): Promise<void> {
    await this.#db
      .insertInto("restorations")
      .values({ copy_of: copyOfMs, said_at: saidAtMs })
      .onConflict((conflict) => conflict.column("said_at").doUpdateSet({ copy_of: copyOfMs }))
      .execute();
  }

  async latest(): Promise<RestorationRecord | undefined> {
    const row = await this.#db
      .selectFrom("restorations")
      .selectAll()
      .orderBy("said_at", "desc")
      .limit(1)
      .executeTakeFirst();
    return row === undefined ? undefined : { copyOfMs: row.copy_of, saidAtMs: row.said_at };
  }
}
