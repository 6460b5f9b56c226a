import type { Switch } from "@portcullis/guard/policy";
import type { Kysely, Selectable } from "kysely";
import type { Schema } from "../schema.ts";

/** A switch as it is kept: what it sets, why, and by whom it was thrown and taken back. */
export interface SwitchRecord extends Switch {
  readonly id: string;
  readonly reason: string;
  readonly createdBy: string;
  readonly createdAtMs: number;
  /** Undefined: it holds until it is undone. */
  readonly endsAtMs: number | undefined;
  readonly undoneBy: string | undefined;
  readonly undoneAtMs: number | undefined;
}

/** The table `switches`. */
export class SwitchRows {
  readonly #db: Kysely<Schema>;

  constructor(db: Kysely<Schema>) {
    this.#db = db;
  }

  async add(one: SwitchRecord): Promise<void> {
    await this.#db
      .insertInto("switches")
      .values({
        id: one.id,
        operation: one.operation,
        control: one.control ?? null,
        mode: one.mode,
        app: one.app ?? null,
        percent: one.percent ?? null,
        reason: one.reason,
        created_by: one.createdBy,
        created_at: one.createdAtMs,
        ends_at: one.endsAtMs ?? null,
      })
      .execute();
  }

  /** Those that hold, in the order in which they were thrown: later ones win. */
  async active(nowMs: number, most: number): Promise<readonly SwitchRecord[]> {
    const rows = await this.#db
      .selectFrom("switches")
      .selectAll()
      .where("undone_at", "is", null)
      .where((is) => is.or([is("ends_at", "is", null), is("ends_at", ">", nowMs)]))
      .orderBy("id")
      .limit(most)
      .execute();
    return rows.map(recordOf);
  }

  /** Also those that ended or were taken back, the newest first. */
  async newest(most: number): Promise<readonly SwitchRecord[]> {
    const rows = await this.#db
      .selectFrom("switches")
      .selectAll()
      .orderBy("id", "desc")
      .limit(most)
      .execute();
    return rows.map(recordOf);
  }

  /** Differs after every change. */
  async mark(): Promise<string> {
    const { count, last, undone } = await this.#db
      .selectFrom("switches")
      .select(({ fn }) => [
        fn.countAll<number>().as("count"),
        fn.max("id").as("last"),
        fn.count<number>("undone_at").as("undone"),
      ])
      .executeTakeFirstOrThrow();
    return `${count} ${last ?? ""} ${undone}`;
  }

  /** @returns what was taken back; undefined where it does not hold, whoever asks at once */
  async undo(id: string, by: string, nowMs: number): Promise<SwitchRecord | undefined> {
    const row = await this.#db
      .updateTable("switches")
      .set({ undone_by: by, undone_at: nowMs })
      .where("id", "=", id)
      .where("undone_at", "is", null)
      .where((is) => is.or([is("ends_at", "is", null), is("ends_at", ">", nowMs)]))
      .returningAll()
      .executeTakeFirst();
    return row === undefined ? undefined : recordOf(row);
  }
}

const recordOf = (row: Selectable<Schema["switches"]>): SwitchRecord => ({
  id: row.id,
  operation: row.operation,
  control: row.control ?? undefined,
  mode: row.mode as SwitchRecord["mode"],
  app: row.app ?? undefined,
  percent: row.percent ?? undefined,
  reason: row.reason,
  createdBy: row.created_by,
  createdAtMs: row.created_at,
  endsAtMs: row.ends_at ?? undefined,
  undoneBy: row.undone_by ?? undefined,
  undoneAtMs: row.undone_at ?? undefined,
});
