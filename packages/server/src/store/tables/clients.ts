import type { ClientRecord, ClientTable } from "@portcullis/identity/store";
import type { Kysely, Selectable } from "kysely";
import type { Reseal, SealedTable } from "../reseal.ts";
import type { Schema } from "../schema.ts";

/** The table `clients`. */
export class ClientRows implements ClientTable, SealedTable {
  readonly #db: Kysely<Schema>;

  constructor(db: Kysely<Schema>) {
    this.#db = db;
  }

  async add(
    { id, metadata }: Pick<ClientRecord, "id" | "metadata">,
    atMs: number,
  ): Promise<boolean> {
    const { numInsertedOrUpdatedRows } = await this.#db
      .insertInto("clients")
      .values({ id, metadata, created_at: atMs, disabled_at: null })
      .onConflict((conflict) => conflict.doNothing())
      .executeTakeFirst();
    return numInsertedOrUpdatedRows === 1n;
  }

  async has(id: string): Promise<boolean> {
    const row = await this.#db
      .selectFrom("clients")
      .select("id")
      .where("id", "=", id)
      .executeTakeFirst();
    return row !== undefined;
  }

  async all(): Promise<readonly ClientRecord[]> {
    const rows = await this.#db.selectFrom("clients").selectAll().orderBy("id").execute();
    return rows.map(recordOf);
  }

  async enabled(): Promise<readonly ClientRecord[]> {
    const rows = await this.#db
      .selectFrom("clients")
      .selectAll()
      .where("disabled_at", "is", null)
      .execute();
    return rows.map(recordOf);
  }

  async disable(id: string, atMs: number): Promise<void> {
    await this.#db.updateTable("clients").set({ disabled_at: atMs }).where("id", "=", id).execute();
  }

  async enable(id: string): Promise<void> {
    await this.#db.updateTable("clients").set({ disabled_at: null }).where("id", "=", id).execute();
  }

  async remove(id: string): Promise<void> {
    await this.#db.deleteFrom("clients").where("id", "=", id).execute();
  }

  async reseal(again: Reseal): Promise<number> {
    let count = 0;
    for (const row of await this.#db.selectFrom("clients").select(["id", "metadata"]).execute()) {
      const { sealedSecret, ...rest } = JSON.parse(row.metadata) as {
        readonly sealedSecret?: string;
      };
      if (sealedSecret === undefined) continue;
      const sealed = again(Buffer.from(sealedSecret, "base64"), `clients/${row.id}`);
      if (sealed === undefined) continue;
      const metadata = { ...rest, sealedSecret: Buffer.from(sealed).toString("base64") };
      await this.#db
        .updateTable("clients")
        .set({ metadata: JSON.stringify(metadata) })
        .where("id", "=", row.id)
        .execute();
      count += 1;
    }
    return count;
  }
}

const recordOf = (row: Selectable<Schema["clients"]>): ClientRecord => ({
  id: row.id,
  metadata: row.metadata,
  isDisabled: row.disabled_at !== null,
});
