import type { Kysely, Selectable } from "kysely";
import type { Schema } from "../schema.ts";

/** Somebody who may sign in to the console. */
export interface ConsolePersonRecord {
  readonly id: string;
  /** As the audit names them; nobody else has it. */
  readonly name: string;
  readonly role: string;
  readonly createdBy: string;
  readonly createdAtMs: number;
}

/** The table `console_people`. */
export class ConsolePersonRows {
  readonly #db: Kysely<Schema>;

  constructor(db: Kysely<Schema>) {
    this.#db = db;
  }

  /** @returns false where somebody has this name */
  async add({ createdAtMs, createdBy, id, name, role }: ConsolePersonRecord): Promise<boolean> {
    const { numInsertedOrUpdatedRows } = await this.#db
      .insertInto("console_people")
      .values({ id, name, role, created_by: createdBy, created_at: createdAtMs })
      .onConflict((conflict) => conflict.column("name").doNothing())
      .executeTakeFirst();
    return numInsertedOrUpdatedRows === 1n;
  }

  async byId(id: string): Promise<ConsolePersonRecord | undefined> {
    const row = await this.#db
      .selectFrom("console_people")
      .selectAll()
      .where("id", "=", id)
      .executeTakeFirst();
    return row === undefined ? undefined : recordOf(row);
  }

  async byName(name: string): Promise<ConsolePersonRecord | undefined> {
    const row = await this.#db
      .selectFrom("console_people")
      .selectAll()
      .where("name", "=", name)
      .executeTakeFirst();
    return row === undefined ? undefined : recordOf(row);
  }

  /** By name. */
  async all(): Promise<readonly ConsolePersonRecord[]> {
    const rows = await this.#db.selectFrom("console_people").selectAll().orderBy("name").execute();
    return rows.map(recordOf);
  }

  /** Only where the role is the one that was seen: of two changes at once, one fails. */
  async changeRole(id: string, from: string, to: string): Promise<boolean> {
    const { numUpdatedRows } = await this.#db
      .updateTable("console_people")
      .set({ role: to })
      .where("id", "=", id)
      .where("role", "=", from)
      .executeTakeFirst();
    return numUpdatedRows === 1n;
  }

  async remove(id: string): Promise<boolean> {
    const { numDeletedRows } = await this.#db
      .deleteFrom("console_people")
      .where("id", "=", id)
      .executeTakeFirst();
    return numDeletedRows === 1n;
  }
}

const recordOf = (row: Selectable<Schema["console_people"]>): ConsolePersonRecord => ({
  id: row.id,
  name: row.name,
  role: row.role,
  createdBy: row.created_by,
  createdAtMs: row.created_at,
});
