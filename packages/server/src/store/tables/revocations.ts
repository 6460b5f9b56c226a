import type { RevocationRecord, RevocationTable } from "@portcullis/identity/store";
import type { Kysely, Selectable } from "kysely";
import type { Schema } from "../schema.ts";

/** The table `revocations`. */
export class RevocationRows implements RevocationTable {
  readonly #db: Kysely<Schema>;

  constructor(db: Kysely<Schema>) {
    this.#db = db;
  }

  async put(revocation: RevocationRecord, recordedAtMs: number): Promise<void> {
    const { kind, value } = revocation;
    const told = {
      before_seconds: revocation.beforeSeconds ?? null,
      least_version: revocation.leastVersion ?? null,
      recorded_at: recordedAtMs,
      expires_at: revocation.expiresAtMs,
    };
    await this.#db
      .deleteFrom("revocations")
      .where("kind", "=", kind)
      .where("value", "=", value)
      .execute();
    await this.#db
      .insertInto("revocations")
      .values({ kind, value, ...told })
      // Another may have written the same one since the statement before.
      .onConflict((conflict) => conflict.columns(["kind", "value"]).doUpdateSet(told))
      .execute();
  }

  async find(kind: string, value: string): Promise<RevocationRecord | undefined> {
    const row = await this.#db
      .selectFrom("revocations")
      .selectAll()
      .where("kind", "=", kind)
      .where("value", "=", value)
      .executeTakeFirst();
    return row === undefined ? undefined : recordOf(row);
  }

  async after(
    position: number,
    nowMs: number,
  ): Promise<readonly (RevocationRecord & { readonly position: number })[]> {
    const rows = await this.#db
      .selectFrom("revocations")
      .selectAll()
      .where("position", ">", position)
      .where("expires_at", ">", nowMs)
      .execute();
    return rows.map((row) => ({ ...recordOf(row), position: row.position }));
  }

  async removeExpired(beforeMs: number, most: number): Promise<number> {
    const { numDeletedRows } = await this.#db
      .deleteFrom("revocations")
      .where("position", "in", (eb) =>
        eb
          .selectFrom("revocations")
          .select("position")
          .where("expires_at", "<", beforeMs)
          .limit(most),
      )
      .executeTakeFirst();
    return Number(numDeletedRows);
  }
}

const recordOf = (row: Selectable<Schema["revocations"]>): RevocationRecord => ({
  kind: row.kind as RevocationRecord["kind"],
  value: row.value,
  beforeSeconds: row.before_seconds ?? undefined,
  leastVersion: row.least_version ?? undefined,
  expiresAtMs: row.expires_at,
});
