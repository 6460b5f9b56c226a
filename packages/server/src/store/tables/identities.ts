import type { IdentityTable, LinkedIdentity } from "@portcullis/identity/store";
import type { Insertable, Kysely } from "kysely";
import type { Schema } from "../schema.ts";

/** The table `identities`. */
export class IdentityRows implements IdentityTable {
  readonly #db: Kysely<Schema>;

  constructor(db: Kysely<Schema>) {
    this.#db = db;
  }

  async accountOf(issuer: string, subject: string): Promise<string | undefined> {
    const row = await this.#db
      .selectFrom("identities")
      .select("account_id")
      .where("issuer", "=", issuer)
      .where("subject", "=", subject)
      .executeTakeFirst();
    return row?.account_id;
  }

  async link(identity: LinkedIdentity): Promise<void> {
    await this.#db.insertInto("identities").values(rowOf(identity)).execute();
  }

  async linkUnlessLinked(identity: LinkedIdentity): Promise<void> {
    await this.#db
      .insertInto("identities")
      .values(rowOf(identity))
      .onConflict((conflict) => conflict.doNothing())
      .execute();
  }
}

const rowOf = ({
  accountId,
  issuer,
  linkedAtMs,
  subject,
}: LinkedIdentity): Insertable<Schema["identities"]> => ({
  issuer,
  subject,
  account_id: accountId,
  linked_at: linkedAtMs,
});
