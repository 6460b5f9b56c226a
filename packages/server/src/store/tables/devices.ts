import type { DeviceRecord, DeviceTable } from "@portcullis/identity/store";
import type { Kysely } from "kysely";
import type { Schema } from "../schema.ts";

/** The table `devices`. */
export class DeviceRows implements DeviceTable {
  readonly #db: Kysely<Schema>;

  constructor(db: Kysely<Schema>) {
    this.#db = db;
  }

  async noteSignIn({
    accountId,
    atMs,
    clientId,
    epoch,
    id,
    isTrusted,
  }: Parameters<DeviceTable["noteSignIn"]>[0]): Promise<void> {
    await this.#db
      .insertInto("devices")
      .values({
        account_id: accountId,
        id,
        client_id: clientId,
        label: clientId,
        first_seen_at: atMs,
        last_seen_at: atMs,
        trusted_at: isTrusted ? atMs : null,
        epoch,
        removed_at: null,
      })
      .onConflict((conflict) =>
        conflict.columns(["account_id", "id"]).doUpdateSet((eb) => ({
          last_seen_at: atMs,
          removed_at: null,
          epoch,
          // Trust of an older epoch is not carried into this one.
          trusted_at: isTrusted
            ? atMs
            : eb
                .case()
                .when("devices.epoch", "=", epoch)
                .then(eb.ref("devices.trusted_at"))
                .else(null)
                .end(),
        })),
      )
      .execute();
  }

  async of(accountId: string): Promise<readonly DeviceRecord[]> {
    const rows = await this.#db
      .selectFrom("devices")
      .innerJoin("accounts", "accounts.id", "devices.account_id")
      .selectAll("devices")
      .select("accounts.epoch as present_epoch")
      .where("account_id", "=", accountId)
      .where("removed_at", "is", null)
      .orderBy("last_seen_at", "desc")
      .execute();
    return rows.map((row) => ({
      id: row.id,
      label: row.label,
      firstSeenAtMs: row.first_seen_at,
      lastSeenAtMs: row.last_seen_at,
      isTrusted: row.trusted_at !== null && row.epoch === row.present_epoch,
    }));
  }

  async isKnown(accountId: string, id: string): Promise<boolean> {
    return (await this.#present(accountId, id)) !== undefined;
  }

  async isTrusted(accountId: string, id: string): Promise<boolean> {
    const row = await this.#present(accountId, id);
    return row !== undefined && row.trusted_at !== null;
  }

  async remove(accountId: string, id: string, atMs: number): Promise<boolean> {
    const { numUpdatedRows } = await this.#db
      .updateTable("devices")
      .set({ removed_at: atMs, trusted_at: null })
      .where("account_id", "=", accountId)
      .where("id", "=", id)
      .where("removed_at", "is", null)
      .executeTakeFirst();
    return numUpdatedRows === 1n;
  }

  async removeUnseen(beforeMs: number, most: number): Promise<number> {
    const { numDeletedRows } = await this.#db
      .deleteFrom("devices")
      .where((eb) =>
        eb(
          eb.refTuple("account_id", "id"),
          "in",
          eb
            .selectFrom("devices")
            .select(["account_id", "id"])
            .where("last_seen_at", "<", beforeMs)
            .limit(most)
            .$asTuple("account_id", "id"),
        ),
      )
      .executeTakeFirst();
    return Number(numDeletedRows);
  }

  #present(
    accountId: string,
    id: string,
  ): Promise<{ readonly trusted_at: number | null } | undefined> {
    return this.#db
      .selectFrom("devices")
      .innerJoin("accounts", (join) =>
        join
          .onRef("accounts.id", "=", "devices.account_id")
          .onRef("accounts.epoch", "=", "devices.epoch"),
      )
      .select("trusted_at")
      .where("account_id", "=", accountId)
      .where("devices.id", "=", id)
      .where("removed_at", "is", null)
      .executeTakeFirst();
  }
}
