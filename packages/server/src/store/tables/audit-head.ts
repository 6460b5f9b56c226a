import type { Kysely } from "kysely";
import type { Schema } from "../schema.ts";

const name = "head";

/** The table `audit_head`, which has one row. */
export class AuditHeadRows {
  readonly #db: Kysely<Schema>;

  constructor(db: Kysely<Schema>) {
    this.#db = db;
  }

  async read(): Promise<{ readonly sequence: number; readonly sealed: Uint8Array } | undefined> {
    return this.#db
      .selectFrom("audit_head")
      .select(["sequence", "sealed"])
      .where("name", "=", name)
      .executeTakeFirst();
  }

  /**
   * @param before the sequence that it has now; 0 where there is no head
   * @returns false where another node has moved it meanwhile
   */
  async move(before: number, sequence: number, sealed: Uint8Array): Promise<boolean> {
    if (before === 0) {
      const { numInsertedOrUpdatedRows } = await this.#db
        .insertInto("audit_head")
        .values({ name, sequence, sealed })
        .onConflict((conflict) => conflict.column("name").doNothing())
        .executeTakeFirst();
      return numInsertedOrUpdatedRows === 1n;
    }
    const { numUpdatedRows } = await this.#db
      .updateTable("audit_head")
      .set({ sequence, sealed })
      .where("name", "=", name)
      .where("sequence", "=", before)
      .executeTakeFirst();
    return numUpdatedRows === 1n;
  }
}
