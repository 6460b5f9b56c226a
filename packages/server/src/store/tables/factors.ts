import type { FactorKind, FactorRecord, FactorTable } from "@portcullis/identity/store";
import type { Insertable, Kysely, Selectable } from "kysely";
import type { Reseal, SealedTable } from "../reseal.ts";
import type { Schema } from "../schema.ts";

/** The table `factors`. */
export class FactorRows implements FactorTable, SealedTable {
  readonly #db: Kysely<Schema>;

  constructor(db: Kysely<Schema>) {
    this.#db = db;
  }

  async of(accountId: string): Promise<readonly Omit<FactorRecord, "sealed" | "counter">[]> {
    const rows = await this.#db
      .selectFrom("factors")
      .select(["id", "kind", "label", "created_at"])
      .where("account_id", "=", accountId)
      .orderBy("created_at")
      .execute();
    return rows.map((row) => ({
      id: row.id,
      accountId,
      kind: row.kind as FactorKind,
      label: row.label,
      createdAtMs: row.created_at,
    }));
  }

  async totpOf(accountId: string): Promise<readonly FactorRecord[]> {
    const rows = await this.#db
      .selectFrom("factors")
      .selectAll()
      .where("account_id", "=", accountId)
      .where("kind", "=", "totp")
      .execute();
    return rows.map(recordOf);
  }

  async find(id: string, kind: FactorKind): Promise<FactorRecord | undefined> {
    const row = await this.#db
      .selectFrom("factors")
      .selectAll()
      .where("id", "=", id)
      .where("kind", "=", kind)
      .executeTakeFirst();
    return row === undefined ? undefined : recordOf(row);
  }

  async add(factor: FactorRecord): Promise<void> {
    await this.#db.insertInto("factors").values(rowOf(factor)).execute();
  }

  async put(factor: FactorRecord): Promise<void> {
    const row = rowOf(factor);
    await this.#db
      .insertInto("factors")
      .values(row)
      .onConflict((conflict) =>
        conflict.column("id").doUpdateSet({ sealed: row.sealed, created_at: row.created_at }),
      )
      .execute();
  }

  async spendStep(id: string, step: number, atMs: number): Promise<boolean> {
    const { numUpdatedRows } = await this.#db
      .updateTable("factors")
      .set({ counter: step, used_at: atMs })
      .where("id", "=", id)
      .where("counter", "<", step)
      .executeTakeFirst();
    return numUpdatedRows === 1n;
  }

  async raiseCounter(id: string, counter: number, atMs: number): Promise<boolean> {
    const { numUpdatedRows } = await this.#db
      .updateTable("factors")
      .set({ counter, used_at: atMs })
      .where("id", "=", id)
      .where("counter", counter === 0 ? "=" : "<", counter)
      .executeTakeFirst();
    return numUpdatedRows === 1n;
  }

  async remove(accountId: string, id: string): Promise<boolean> {
    const { numDeletedRows } = await this.#db
      .deleteFrom("factors")
      .where("id", "=", id)
      .where("account_id", "=", accountId)
      .executeTakeFirst();
    return numDeletedRows === 1n;
  }

  async spendRecoveryCode(accountId: string, id: string): Promise<boolean> {
    const { numDeletedRows } = await this.#db
      .deleteFrom("factors")
      .where("id", "=", id)
      .where("account_id", "=", accountId)
      .where("kind", "=", "recovery")
      .executeTakeFirst();
    return numDeletedRows === 1n;
  }

  async removeRecoveryCodes(accountId: string): Promise<void> {
    await this.#db
      .deleteFrom("factors")
      .where("account_id", "=", accountId)
      .where("kind", "=", "recovery")
      .execute();
  }

  async reseal(again: Reseal): Promise<number> {
    let count = 0;
    for (const row of await this.#db.selectFrom("factors").select(["id", "sealed"]).execute()) {
      const sealed = again(row.sealed, `factors/${row.id}`);
      if (sealed === undefined) continue;
      await this.#db.updateTable("factors").set({ sealed }).where("id", "=", row.id).execute();
      count += 1;
    }
    return count;
  }
}

const rowOf = (factor: FactorRecord): Insertable<Schema["factors"]> => ({
  id: factor.id,
  account_id: factor.accountId,
  kind: factor.kind,
  label: factor.label,
  sealed: factor.sealed,
  counter: factor.counter,
  created_at: factor.createdAtMs,
  used_at: null,
});

const recordOf = (row: Selectable<Schema["factors"]>): FactorRecord => ({
  id: row.id,
  accountId: row.account_id,
  kind: row.kind as FactorKind,
  label: row.label,
  sealed: row.sealed,
  counter: row.counter,
  createdAtMs: row.created_at,
});
