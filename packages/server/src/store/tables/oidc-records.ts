import type { NewOidcRecord, OidcRecord, OidcRecordTable } from "@portcullis/identity/store";
import type { Insertable, Kysely, Selectable } from "kysely";
import type { Reseal, SealedTable } from "../reseal.ts";
import type { Schema } from "../schema.ts";

/** The table `oidc_records`. */
export class OidcRecordRows implements OidcRecordTable, SealedTable {
  readonly #db: Kysely<Schema>;

  constructor(db: Kysely<Schema>) {
    this.#db = db;
  }

  async find(model: string, id: string): Promise<OidcRecord | undefined> {
    const row = await this.#db
      .selectFrom("oidc_records")
      .selectAll()
      .where("model", "=", model)
      .where("id", "=", id)
      .executeTakeFirst();
    return row === undefined ? undefined : recordOf(row);
  }

  async findByUid(model: string, uidRef: string): Promise<OidcRecord | undefined> {
    const row = await this.#db
      .selectFrom("oidc_records")
      .selectAll()
      .where("uid_ref", "=", uidRef)
      .where("model", "=", model)
      .executeTakeFirst();
    return row === undefined ? undefined : recordOf(row);
  }

  async unspentRefreshToken(grantRef: string): Promise<OidcRecord | undefined> {
    const row = await this.#db
      .selectFrom("oidc_records")
      .selectAll()
      .where("model", "=", "RefreshToken")
      .where("grant_ref", "=", grantRef)
      .where("consumed_at", "is", null)
      .executeTakeFirst();
    return row === undefined ? undefined : recordOf(row);
  }

  async put(record: NewOidcRecord): Promise<void> {
    const row = rowOf(record);
    const { account_ref, epoch, expires_at, generation, grant_ref, sealed, uid_ref } = row;
    await this.#db
      .insertInto("oidc_records")
      .values(row)
      .onConflict((conflict) =>
        conflict
          .columns(["model", "id"])
          .doUpdateSet({ account_ref, epoch, expires_at, grant_ref, sealed, uid_ref, generation }),
      )
      .execute();
  }

  async advance(record: NewOidcRecord, from: number): Promise<boolean> {
    const { epoch, expires_at, generation, sealed } = rowOf(record);
    const { numUpdatedRows } = await this.#db
      .updateTable("oidc_records")
      .set({ epoch, expires_at, generation, sealed })
      .where("model", "=", record.model)
      .where("id", "=", record.id)
      .where("generation", "=", from)
      .executeTakeFirst();
    return numUpdatedRows === 1n;
  }

  async putOnce(record: NewOidcRecord, nowMs: number): Promise<boolean> {
    const row = rowOf(record);
    const { numInsertedOrUpdatedRows } = await this.#db
      .insertInto("oidc_records")
      .values(row)
      .onConflict((conflict) =>
        conflict
          .columns(["model", "id"])
          .doUpdateSet({ expires_at: row.expires_at })
          .where("oidc_records.expires_at", "<=", nowMs),
      )
      .executeTakeFirst();
    return numInsertedOrUpdatedRows === 1n;
  }

  async spend(model: string, id: string, atMs: number): Promise<boolean> {
    const { numUpdatedRows } = await this.#db
      .updateTable("oidc_records")
      .set({ consumed_at: atMs })
      .where("model", "=", model)
      .where("id", "=", id)
      .where("consumed_at", "is", null)
      .executeTakeFirst();
    return numUpdatedRows === 1n;
  }

  async remove(model: string, id: string): Promise<void> {
    await this.#db
      .deleteFrom("oidc_records")
      .where("model", "=", model)
      .where("id", "=", id)
      .execute();
  }

  async removeOfGrant(grantRef: string, model?: string): Promise<void> {
    let query = this.#db.deleteFrom("oidc_records").where("grant_ref", "=", grantRef);
    if (model !== undefined) query = query.where("model", "=", model);
    await query.execute();
  }

  async removeBrowserSessions(
    accountRef: string | undefined,
    exceptUidRef: string | undefined,
  ): Promise<void> {
    let query = this.#db.deleteFrom("oidc_records").where("model", "=", "Session");
    if (accountRef !== undefined) query = query.where("account_ref", "=", accountRef);
    if (exceptUidRef !== undefined)
      query = query.where((eb) =>
        eb.or([eb("uid_ref", "is", null), eb("uid_ref", "!=", exceptUidRef)]),
      );
    await query.execute();
  }

  async keepBrowserSession(uidRef: string, epoch: number): Promise<void> {
    await this.#db
      .updateTable("oidc_records")
      .set({ epoch })
      .where("uid_ref", "=", uidRef)
      .where("model", "=", "Session")
      .execute();
  }

  async removeExpired(beforeMs: number, refreshTokensBeforeMs: number): Promise<void> {
    await this.#db
      .deleteFrom("oidc_records")
      .where("model", "!=", "RefreshToken")
      .where("expires_at", "<", beforeMs)
      .execute();
    await this.#db
      .deleteFrom("oidc_records")
      .where("model", "=", "RefreshToken")
      .where("expires_at", "<", refreshTokensBeforeMs)
      .execute();
  }

  async reseal(again: Reseal): Promise<number> {
    let count = 0;
    for (const row of await this.#db
      .selectFrom("oidc_records")
      .select(["model", "id", "sealed"])
      .execute()) {
      const sealed = again(row.sealed, `${row.model}/${row.id}`);
      if (sealed === undefined) continue;
      await this.#db
        .updateTable("oidc_records")
        .set({ sealed })
        .where("model", "=", row.model)
        .where("id", "=", row.id)
        // What the program that serves has written meanwhile is not overwritten.
        .where("sealed", "=", row.sealed)
        .execute();
      count += 1;
    }
    return count;
  }
}

const rowOf = (record: NewOidcRecord): Insertable<Schema["oidc_records"]> => ({
  model: record.model,
  id: record.id,
  grant_ref: record.grantRef ?? null,
  account_ref: record.accountRef ?? null,
  uid_ref: record.uidRef ?? null,
  epoch: record.epoch ?? null,
  sealed: record.sealed,
  generation: record.generation ?? null,
  consumed_at: null,
  expires_at: record.expiresAtMs ?? null,
});

const recordOf = (row: Selectable<Schema["oidc_records"]>): OidcRecord => ({
  model: row.model,
  id: row.id,
  grantRef: row.grant_ref ?? undefined,
  accountRef: row.account_ref ?? undefined,
  uidRef: row.uid_ref ?? undefined,
  epoch: row.epoch ?? undefined,
  sealed: row.sealed,
  generation: row.generation ?? undefined,
  consumedAtMs: row.consumed_at ?? undefined,
  expiresAtMs: row.expires_at ?? undefined,
});
