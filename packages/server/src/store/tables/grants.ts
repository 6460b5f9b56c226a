import type { Grant } from "@portcullis/guard/state";
import type { Kysely, Selectable } from "kysely";
import type { Schema } from "../schema.ts";

/** A grant as it is kept: what it gives, and why and by whom it was made. */
export interface GrantRecord extends Grant {
  readonly id: string;
  readonly reason: string;
  readonly createdBy: string;
  readonly createdAtMs: number;
}

/** The table `grants`. */
export class GrantRows {
  readonly #db: Kysely<Schema>;

  constructor(db: Kysely<Schema>) {
    this.#db = db;
  }

  async add(grant: GrantRecord): Promise<void> {
    await this.#db
      .insertInto("grants")
      .values({
        id: grant.id,
        kind: grant.kind,
        from_key: grant.from,
        to_key: grant.to,
        object: grant.object ?? null,
        methods: grant.methods.join(" "),
        reason: grant.reason,
        created_by: grant.createdBy,
        created_at: grant.createdAtMs,
        ends_at: grant.untilMs,
      })
      .execute();
  }

  /** Those that have not ended, the newest first. */
  async active(nowMs: number, most: number): Promise<readonly GrantRecord[]> {
    const rows = await this.#db
      .selectFrom("grants")
      .selectAll()
      .where("ends_at", ">", nowMs)
      .orderBy("created_at", "desc")
      .orderBy("id")
      .limit(most)
      .execute();
    return rows.map(recordOf);
  }

  /** Differs after every change: how many there are, which is the last, and when they were made. */
  async mark(): Promise<string> {
    const { count, last, sum } = await this.#db
      .selectFrom("grants")
      .select(({ fn }) => [
        fn.countAll<number>().as("count"),
        fn.max("id").as("last"),
        fn.sum("created_at").as("sum"),
      ])
      .executeTakeFirstOrThrow();
    return `${count} ${last ?? ""} ${sum}`;
  }

  /** @returns what was taken away; undefined where there is no such grant */
  async remove(id: string): Promise<GrantRecord | undefined> {
    const row = await this.#db
      .deleteFrom("grants")
      .where("id", "=", id)
      .returningAll()
      .executeTakeFirst();
    return row === undefined ? undefined : recordOf(row);
  }

  async removeEnded(nowMs: number): Promise<void> {
    await this.#db.deleteFrom("grants").where("ends_at", "<=", nowMs).execute();
  }
}

const recordOf = (row: Selectable<Schema["grants"]>): GrantRecord => ({
  id: row.id,
  kind: row.kind,
  from: row.from_key,
  to: row.to_key,
  object: row.object ?? undefined,
  methods: row.methods.split(" "),
  reason: row.reason,
  createdBy: row.created_by,
  createdAtMs: row.created_at,
  untilMs: row.ends_at,
});
