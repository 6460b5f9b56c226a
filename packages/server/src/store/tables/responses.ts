import type { Kysely, Selectable } from "kysely";
import type { Schema } from "../schema.ts";

/** What is done about an incident, as it is kept. */
export interface KeptResponse {
  readonly id: string;
  readonly incident: string;
  /** JSON. */
  readonly document: string;
  /** The key that it is about, sealed. */
  readonly hidden: string;
  readonly createdAtMs: number;
  readonly endsAtMs: number;
  readonly undoneAtMs: number | undefined;
  readonly undoneBy: string | undefined;
}

/** The table `responses`. */
export class ResponseRows {
  readonly #db: Kysely<Schema>;

  constructor(db: Kysely<Schema>) {
    this.#db = db;
  }

  async add(one: KeptResponse): Promise<void> {
    await this.#db
      .insertInto("responses")
      .values({
        id: one.id,
        incident: one.incident,
        document: one.document,
        hidden: one.hidden,
        created_at: one.createdAtMs,
        ends_at: one.endsAtMs,
      })
      .execute();
  }

  /** Moves the end of one that holds. */
  async prolong(id: string, endsAtMs: number, nowMs: number): Promise<void> {
    await this.#db
      .updateTable("responses")
      .set({ ends_at: endsAtMs })
      .where("id", "=", id)
      .where("undone_at", "is", null)
      .where("ends_at", ">", nowMs)
      .execute();
  }

  /** @returns what was taken back; undefined where it does not hold, whoever asks at once */
  async undo(id: string, by: string, nowMs: number): Promise<KeptResponse | undefined> {
    const row = await this.#db
      .updateTable("responses")
      .set({ undone_by: by, undone_at: nowMs })
      .where("id", "=", id)
      .where("undone_at", "is", null)
      .where("ends_at", ">", nowMs)
      .returningAll()
      .executeTakeFirst();
    return row === undefined ? undefined : keptOf(row);
  }

  /** Those that hold, in the order in which they were begun. */
  async active(nowMs: number, most: number): Promise<readonly KeptResponse[]> {
    const rows = await this.#db
      .selectFrom("responses")
      .selectAll()
      .where("undone_at", "is", null)
      .where("ends_at", ">", nowMs)
      .orderBy("created_at")
      .orderBy("id")
      .limit(most)
      .execute();
    return rows.map(keptOf);
  }

  /** Everything that was done about one incident, the newest first. */
  async ofIncident(incident: string, most: number): Promise<readonly KeptResponse[]> {
    const rows = await this.#db
      .selectFrom("responses")
      .selectAll()
      .where("incident", "=", incident)
      .orderBy("created_at", "desc")
      .orderBy("id", "desc")
      .limit(most)
      .execute();
    return rows.map(keptOf);
  }

  /** Differs after every change. */
  async mark(): Promise<string> {
    const { count, ends, undone } = await this.#db
      .selectFrom("responses")
      .select(({ fn }) => [
        fn.countAll<number>().as("count"),
        fn.sum<number>("ends_at").as("ends"),
        fn.count<number>("undone_at").as("undone"),
      ])
      .executeTakeFirstOrThrow();
    return `${count} ${ends ?? ""} ${undone}`;
  }

  async removeBefore(endedAtMs: number): Promise<void> {
    await this.#db.deleteFrom("responses").where("ends_at", "<", endedAtMs).execute();
  }
}

const keptOf = (row: Selectable<Schema["responses"]>): KeptResponse => ({
  id: row.id,
  incident: row.incident,
  document: row.document,
  hidden: row.hidden,
  createdAtMs: row.created_at,
  endsAtMs: row.ends_at,
  undoneAtMs: row.undone_at ?? undefined,
  undoneBy: row.undone_by ?? undefined,
});
