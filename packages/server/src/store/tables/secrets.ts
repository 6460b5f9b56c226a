import type { SecretTable } from "@portcullis/identity/store";
import type { Kysely } from "kysely";
import type { Reseal, SealedTable } from "../reseal.ts";
import type { Schema } from "../schema.ts";

/** The table `secrets`. */
export class SecretRows implements SecretTable, SealedTable {
  readonly #db: Kysely<Schema>;

  constructor(db: Kysely<Schema>) {
    this.#db = db;
  }

  async keepOnce(name: string, sealed: Uint8Array): Promise<Uint8Array> {
    await this.#db
      .insertInto("secrets")
      .values({ name, sealed })
      .onConflict((conflict) => conflict.doNothing())
      .execute();
    const row = await this.#db
      .selectFrom("secrets")
      .select("sealed")
      .where("name", "=", name)
      .executeTakeFirstOrThrow();
    return row.sealed;
  }

  async reseal(again: Reseal): Promise<number> {
    let count = 0;
    for (const row of await this.#db.selectFrom("secrets").selectAll().execute()) {
      const sealed = again(row.sealed, `secrets/${row.name}`);
      if (sealed === undefined) continue;
      await this.#db.updateTable("secrets").set({ sealed }).where("name", "=", row.name).execute();
      count += 1;
    }
    return count;
  }
}
