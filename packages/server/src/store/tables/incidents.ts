import type { Kysely } from "kysely";
import type { Schema } from "../schema.ts";

/** An incident as it is kept: what it is asked by beside all of it. */
export interface KeptIncident {
  readonly id: string;
  readonly startedAtMs: number;
  readonly lastAtMs: number;
  readonly severity: string;
  readonly state: string;
  readonly detector: string;
  readonly mark: string | undefined;
  /** JSON. */
  readonly document: string;
}

/** The table `incidents`. */
export class IncidentRows {
  readonly #db: Kysely<Schema>;

  constructor(db: Kysely<Schema>) {
    this.#db = db;
  }

  async put({
    detector,
    document,
    id,
    lastAtMs,
    mark,
    severity,
    startedAtMs,
    state,
  }: KeptIncident) {
    const row = {
      started_at: startedAtMs,
      last_at: lastAtMs,
      severity,
      state,
      detector,
      mark: mark ?? null,
      document,
    };
    await this.#db
      .insertInto("incidents")
      .values({ id, ...row })
      .onConflict((conflict) => conflict.column("id").doUpdateSet(row))
      .execute();
  }

  /** The documents of the newest, the newest first. */
  async newest(most: number): Promise<readonly string[]> {
    const rows = await this.#db
      .selectFrom("incidents")
      .select("document")
      .orderBy("last_at", "desc")
      .limit(most)
      .execute();
    return rows.map(({ document }) => document);
  }

  async removeBefore(atMs: number): Promise<void> {
    await this.#db.deleteFrom("incidents").where("last_at", "<", atMs).execute();
  }
}
