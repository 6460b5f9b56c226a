import type { Kysely, Selectable } from "kysely";
import type { Schema } from "../schema.ts";

/** A passkey of somebody of the console: its public half alone. */
export interface ConsolePasskeyRecord {
  /** As the authenticator names it, in base64url. */
  readonly id: string;
  readonly personId: string;
  /** COSE, in base64. */
  readonly publicKey: string;
  readonly counter: number;
  /** Browser and system of the sign-in that made it. */
  readonly label: string;
  readonly createdAtMs: number;
}

/** The table `console_passkeys`. */
export class ConsolePasskeyRows {
  readonly #db: Kysely<Schema>;

  constructor(db: Kysely<Schema>) {
    this.#db = db;
  }

  async add(record: ConsolePasskeyRecord): Promise<void> {
    const { counter, createdAtMs, id, label, personId, publicKey } = record;
    await this.#db
      .insertInto("console_passkeys")
      .values({
        id,
        person: personId,
        public_key: publicKey,
        counter,
        label,
        created_at: createdAtMs,
      })
      .execute();
  }

  async byId(id: string): Promise<ConsolePasskeyRecord | undefined> {
    const row = await this.#db
      .selectFrom("console_passkeys")
      .selectAll()
      .where("id", "=", id)
      .executeTakeFirst();
    return row === undefined ? undefined : recordOf(row);
  }

  async of(personId: string): Promise<readonly ConsolePasskeyRecord[]> {
    const rows = await this.#db
      .selectFrom("console_passkeys")
      .selectAll()
      .where("person", "=", personId)
      .orderBy("created_at")
      .execute();
    return rows.map(recordOf);
  }

  /** @returns false where it does not rise, unless it never counts */
  async raiseCounter(id: string, counter: number): Promise<boolean> {
    const { numUpdatedRows } = await this.#db
      .updateTable("console_passkeys")
      .set({ counter })
      .where("id", "=", id)
      .where((one) => (counter === 0 ? one("counter", "=", 0) : one("counter", "<", counter)))
      .executeTakeFirst();
    return numUpdatedRows === 1n;
  }

  async removeOf(personId: string): Promise<void> {
    await this.#db.deleteFrom("console_passkeys").where("person", "=", personId).execute();
  }
}

const recordOf = (row: Selectable<Schema["console_passkeys"]>): ConsolePasskeyRecord => ({
  id: row.id,
  personId: row.person,
  publicKey: row.public_key,
  counter: row.counter,
  label: row.label,
  createdAtMs: row.created_at,
});
