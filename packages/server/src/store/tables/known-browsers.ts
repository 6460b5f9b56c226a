import type { KnownBrowserRecord, KnownBrowserTable } from "@portcullis/identity/store";
import type { Kysely } from "kysely";
import type { Schema } from "../schema.ts";

/** The table `known_browsers`. */
export class KnownBrowserRows implements KnownBrowserTable {
  readonly #db: Kysely<Schema>;

  constructor(db: Kysely<Schema>) {
    this.#db = db;
  }

  async rename(id: string, newId: string): Promise<void> {
    await this.#db.updateTable("known_browsers").set({ id: newId }).where("id", "=", id).execute();
  }

  async noteSignIn(browser: Omit<KnownBrowserRecord, "firstSeenAtMs">): Promise<void> {
    const seen = {
      epoch: browser.epoch,
      label: browser.label,
      network: browser.network,
      last_seen_at: browser.lastSeenAtMs,
    };
    await this.#db
      .insertInto("known_browsers")
      .values({
        account_id: browser.accountId,
        id: browser.id,
        first_seen_at: browser.lastSeenAtMs,
        ...seen,
      })
      .onConflict((conflict) => conflict.columns(["account_id", "id"]).doUpdateSet(seen))
      .execute();
  }

  async isKnown(accountId: string, id: string, seenSinceMs: number): Promise<boolean> {
    const row = await this.#present(accountId, seenSinceMs)
      .where("known_browsers.id", "=", id)
      .executeTakeFirst();
    return row !== undefined;
  }

  async of(accountId: string, seenSinceMs: number): Promise<readonly KnownBrowserRecord[]> {
    const rows = await this.#present(accountId, seenSinceMs)
      .orderBy("last_seen_at", "desc")
      .execute();
    return rows.map((row) => ({
      accountId: row.account_id,
      id: row.id,
      epoch: row.epoch,
      label: row.label,
      network: row.network,
      firstSeenAtMs: row.first_seen_at,
      lastSeenAtMs: row.last_seen_at,
    }));
  }

  async keep(accountId: string, id: string, epoch: number): Promise<void> {
    await this.#db
      .updateTable("known_browsers")
      .set({ epoch })
      .where("account_id", "=", accountId)
      .where("id", "=", id)
      // One that was forgotten in an epoch before is not brought back.
      .where("epoch", "=", epoch - 1)
      .execute();
  }

  async remove(accountId: string, id: string): Promise<boolean> {
    const { numDeletedRows } = await this.#db
      .deleteFrom("known_browsers")
      .where("account_id", "=", accountId)
      .where("id", "=", id)
      .executeTakeFirst();
    return numDeletedRows === 1n;
  }

  async removeBefore(seenBeforeMs: number): Promise<void> {
    await this.#db.deleteFrom("known_browsers").where("last_seen_at", "<", seenBeforeMs).execute();
  }

  #present(accountId: string, seenSinceMs: number) {
    return this.#db
      .selectFrom("known_browsers")
      .innerJoin("accounts", (join) =>
        join
          .onRef("accounts.id", "=", "known_browsers.account_id")
          .onRef("accounts.epoch", "=", "known_browsers.epoch"),
      )
      .selectAll("known_browsers")
      .where("account_id", "=", accountId)
      .where("last_seen_at", ">=", seenSinceMs);
  }
}
