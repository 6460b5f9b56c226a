import type { ReceiptRecord, ReceiptTable } from "@portcullis/identity/store";
import type { Kysely } from "kysely";
import type { Schema } from "../schema.ts";

/** The table `rotation_receipts`. */
export class ReceiptRows implements ReceiptTable {
  readonly #db: Kysely<Schema>;

  constructor(db: Kysely<Schema>) {
    this.#db = db;
  }

  async find(tokenId: string): Promise<Pick<ReceiptRecord, "sealed" | "writtenAtMs"> | undefined> {
    const row = await this.#db
      .selectFrom("rotation_receipts")
      .select(["sealed", "written_at"])
      .where("token_id", "=", tokenId)
      .executeTakeFirst();
    return row === undefined ? undefined : { sealed: row.sealed, writtenAtMs: row.written_at };
  }

  async put(receipt: ReceiptRecord): Promise<void> {
    const answer = {
      sealed: receipt.sealed,
      written_at: receipt.writtenAtMs,
      expires_at: receipt.expiresAtMs,
    };
    await this.#db
      .insertInto("rotation_receipts")
      .values({
        token_id: receipt.tokenId,
        grant_ref: receipt.grantRef,
        generation: receipt.generation,
        ...answer,
      })
      .onConflict((conflict) => conflict.column("token_id").doUpdateSet(answer))
      .execute();
  }

  async removeOfGrant(grantRef: string): Promise<void> {
    await this.#db.deleteFrom("rotation_receipts").where("grant_ref", "=", grantRef).execute();
  }

  async removeExpired(beforeMs: number): Promise<void> {
    await this.#db.deleteFrom("rotation_receipts").where("expires_at", "<", beforeMs).execute();
  }
}
