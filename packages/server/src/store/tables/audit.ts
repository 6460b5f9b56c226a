import type { AuditRecord, AuditTable } from "@portcullis/identity/store";
import type { Kysely } from "kysely";
import type { Schema } from "../schema.ts";

/** The table `audit`. */
export class AuditRows implements AuditTable {
  readonly #db: Kysely<Schema>;

  constructor(db: Kysely<Schema>) {
    this.#db = db;
  }

  async add({ about, action, actor, atMs, details, id }: AuditRecord): Promise<void> {
    await this.#db
      .insertInto("audit")
      .values({ id, at: atMs, actor, action, about, details: JSON.stringify(details) })
      .execute();
  }

  async removeBefore(atMs: number, most: number): Promise<number> {
    const { numDeletedRows } = await this.#db
      .deleteFrom("audit")
      .where("id", "in", (eb) =>
        eb.selectFrom("audit").select("id").where("at", "<", atMs).limit(most),
      )
      .executeTakeFirst();
    return Number(numDeletedRows);
  }

  async newest(most: number): Promise<readonly AuditRecord[]> {
    const rows = await this.#db
      .selectFrom("audit")
      .selectAll()
      .orderBy("at", "desc")
      .limit(most)
      .execute();
    return rows.map(({ at, details, ...row }) => ({
      ...row,
      atMs: at,
      details: JSON.parse(details) as AuditRecord["details"],
    }));
  }
}
