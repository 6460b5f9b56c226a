import type { Transaction } from "kysely";
import type { Revocation } from "@portcullis/guard/credentials/revocation";
import type { Database } from "../store/open-store.ts";
import { recordId } from "../issuer/record-names.ts";
import type { Tables } from "../store/tables.ts";

/** Longer than any access token may live. */
export const longestTokenSeconds = 25 * 3600;

/** What tokens are no longer believed: written here, and read by every node within a fraction of a second. */
export async function revoke(db: Database | Transaction<Tables>, nowMs: number, { beforeSeconds, kind, leastVersion, value }: Omit<Revocation, "expiresAtSeconds" | "beforeSeconds" | "leastVersion"> & Partial<Pick<Revocation, "beforeSeconds" | "leastVersion">>): Promise<void> {
  const row = { kind, value, before_seconds: beforeSeconds ?? null, least_version: leastVersion ?? null, recorded_at: nowMs, expires_at: nowMs + longestTokenSeconds * 1000 };
  // In place of an older one, but at a new position: nodes that have seen the older must see this.
  await db.deleteFrom("revocations").where("kind", "=", kind).where("value", "=", value).execute();
  const { before_seconds, expires_at, least_version, recorded_at } = row;
  await db.insertInto("revocations").values(row).onConflict((conflict) => conflict.columns(["kind", "value"]).doUpdateSet({ before_seconds, least_version, recorded_at, expires_at })).execute();
}

export interface AppSession {
  readonly id: string;
  readonly accountId: string;
  readonly clientId: string;
  readonly deviceId: string | undefined;
  readonly createdAt: number;
  readonly usedAt: number;
}

/** Sign-ins of apps on devices, as their owner sees and ends them. */
export class Sessions {
  readonly #db: Database;
  readonly #now: () => number;

  constructor(db: Database, now: () => number) {
    this.#db = db;
    this.#now = now;
  }

  async of(accountId: string): Promise<readonly AppSession[]> {
    const rows = await this.#db.selectFrom("app_sessions").selectAll().where("account_id", "=", accountId).where("ended_at", "is", null).orderBy("used_at", "desc").execute();
    return rows.map((row) => ({ id: row.id, accountId: row.account_id, clientId: row.client_id, deviceId: row.device_id ?? undefined, createdAt: row.created_at, usedAt: row.used_at }));
  }

  /** Ends sessions by what they have in common. Their refresh tokens are gone, their access tokens are refused. @returns how many */
  async end(which: { readonly id?: string; readonly accountId?: string; readonly clientId?: string; readonly deviceId?: string; readonly exceptId?: string | undefined }, because: string): Promise<number> {
    const now = this.#now();
    return this.#db.transaction().execute(async (transaction) => {
      let query = transaction.updateTable("app_sessions").set({ ended_at: now, ended_because: because }).where("ended_at", "is", null);
      if (which.id !== undefined) query = query.where("id", "=", which.id);
      if (which.accountId !== undefined) query = query.where("account_id", "=", which.accountId);
      if (which.clientId !== undefined) query = query.where("client_id", "=", which.clientId);
      if (which.deviceId !== undefined) query = query.where("device_id", "=", which.deviceId);
      if (which.exceptId !== undefined) query = query.where("id", "!=", which.exceptId);
      const ended = await query.returning(["id", "grant_ref"]).execute();
      for (const { grant_ref: grantRef, id } of ended) {
        await transaction.deleteFrom("oidc_records").where("grant_ref", "=", grantRef).execute();
        await transaction.deleteFrom("rotation_receipts").where("grant_ref", "=", grantRef).execute();
        await revoke(transaction, now, { kind: "session", value: id });
      }
      return ended.length;
    });
  }

  async devices(accountId: string): Promise<readonly { readonly id: string; readonly label: string; readonly firstSeenAt: number; readonly lastSeenAt: number; readonly trusted: boolean }[]> {
    const rows = await this.#db.selectFrom("devices").selectAll().where("account_id", "=", accountId).where("removed_at", "is", null).orderBy("last_seen_at", "desc").execute();
    return rows.map((row) => ({ id: row.id, label: row.label, firstSeenAt: row.first_seen_at, lastSeenAt: row.last_seen_at, trusted: row.trusted_at !== null }));
  }

  /** Its sessions end with it, and it is a new device when it comes back. @returns whether there was one */
  async removeDevice(accountId: string, deviceId: string): Promise<boolean> {
    const { numUpdatedRows } = await this.#db.updateTable("devices").set({ removed_at: this.#now(), trusted_at: null }).where("account_id", "=", accountId).where("id", "=", deviceId).where("removed_at", "is", null).executeTakeFirst();
    if (numUpdatedRows !== 1n) return false;
    await this.end({ accountId, deviceId }, "device-removed");
    return true;
  }

  /**
   * Signs browsers out of the issuer: whoever sits at one could otherwise open a new session without the password.
   *
   * @param accountId undefined: everybody's
   * @param exceptUid the browser in which it is asked for
   */
  async endBrowsers(accountId: string | undefined, exceptUid?: string): Promise<void> {
    let query = this.#db.deleteFrom("oidc_records").where("model", "=", "Session");
    if (accountId !== undefined) query = query.where("account_ref", "=", recordId("account", accountId));
    if (exceptUid !== undefined) query = query.where((eb) => eb.or([eb("uid_ref", "is", null), eb("uid_ref", "!=", recordId("uid", exceptUid))]));
    await query.execute();
  }

  /** The gate has seen access tokens of these generations: their answers have arrived. */
  async confirm(generations: ReadonlyMap<string, number>): Promise<void> {
    for (const [id, generation] of generations) await this.#db.updateTable("app_sessions").set({ confirmed_generation: generation }).where("id", "=", id).where("confirmed_generation", "<", generation).execute();
  }
}
