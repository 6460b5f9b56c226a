import type { SigningKeyRecord, SigningKeyTable } from "@portcullis/identity/store";
import type { Kysely, Selectable } from "kysely";
import type { Reseal, SealedTable } from "../reseal.ts";
import type { Schema } from "../schema.ts";

/** The table `signing_keys`. */
export class SigningKeyRows implements SigningKeyTable, SealedTable {
  readonly #db: Kysely<Schema>;

  constructor(db: Kysely<Schema>) {
    this.#db = db;
  }

  async add(key: Parameters<SigningKeyTable["add"]>[0]): Promise<void> {
    await this.#db
      .insertInto("signing_keys")
      .values({
        kid: key.kid,
        algorithm: key.algorithm,
        public_jwk: key.publicJwk,
        sealed: key.sealed,
        created_at: key.createdAtMs,
        signs_from: key.signsFromMs,
        retired_at: null,
        gone_at: null,
      })
      .execute();
  }

  async all(): Promise<readonly SigningKeyRecord[]> {
    const rows = await this.#db
      .selectFrom("signing_keys")
      .selectAll()
      .orderBy("created_at", "desc")
      .execute();
    return rows.map(recordOf);
  }

  async believed(nowMs: number): Promise<readonly SigningKeyRecord[]> {
    const rows = await this.#db
      .selectFrom("signing_keys")
      .selectAll()
      .where((eb) => eb.or([eb("gone_at", "is", null), eb("gone_at", ">", nowMs)]))
      .execute();
    return rows.map(recordOf);
  }

  async retire(kid: string, atMs: number, goneAtMs: number): Promise<boolean> {
    const { numUpdatedRows } = await this.#db
      .updateTable("signing_keys")
      .set({ retired_at: atMs, gone_at: goneAtMs })
      .where("kid", "=", kid)
      .where((eb) => eb.or([eb("retired_at", "is", null), eb("gone_at", ">", atMs)]))
      .executeTakeFirst();
    return numUpdatedRows === 1n;
  }

  async reseal(again: Reseal): Promise<number> {
    let count = 0;
    for (const row of await this.#db
      .selectFrom("signing_keys")
      .select(["kid", "sealed"])
      .execute()) {
      const sealed = again(row.sealed, `signing_keys/${row.kid}`);
      if (sealed === undefined) continue;
      await this.#db
        .updateTable("signing_keys")
        .set({ sealed })
        .where("kid", "=", row.kid)
        .execute();
      count += 1;
    }
    return count;
  }
}

const recordOf = (row: Selectable<Schema["signing_keys"]>): SigningKeyRecord => ({
  kid: row.kid,
  algorithm: row.algorithm,
  publicJwk: row.public_jwk,
  sealed: row.sealed,
  createdAtMs: row.created_at,
  signsFromMs: row.signs_from,
  retiredAtMs: row.retired_at ?? undefined,
  goneAtMs: row.gone_at ?? undefined,
});
