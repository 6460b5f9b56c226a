import type { Kysely } from "kysely";
import type { Schema } from "../schema.ts";

/** A version of an app, and since when people have it. */
export interface ReleaseRow {
  readonly app: string;
  readonly version: string;
  readonly source: "said" | "seen" | "found";
  readonly atMs: number;
  readonly by: string | undefined;
  readonly note: string | undefined;
}

const columnsOf = ({ app, atMs, by, note, source, version }: ReleaseRow) => ({
  app,
  version,
  source,
  released_at: atMs,
  said_by: by ?? null,
  note: note ?? null,
});

/** The table `releases`. */
export class ReleaseRows {
  readonly #db: Kysely<Schema>;

  constructor(db: Kysely<Schema>) {
    this.#db = db;
  }

  /** Whatever was known of the version before. */
  async put(release: ReleaseRow): Promise<void> {
    const row = columnsOf(release);
    await this.#db
      .insertInto("releases")
      .values(row)
      .onConflict((conflict) => conflict.columns(["app", "version"]).doUpdateSet(row))
      .execute();
  }

  /** Unless the version is known: several nodes see it at the same time. */
  async putFirst(release: ReleaseRow): Promise<void> {
    await this.#db
      .insertInto("releases")
      .values(columnsOf(release))
      .onConflict((conflict) => conflict.columns(["app", "version"]).doNothing())
      .execute();
  }

  async remove(app: string, version: string): Promise<void> {
    await this.#db
      .deleteFrom("releases")
      .where("app", "=", app)
      .where("version", "=", version)
      .execute();
  }

  /** The newest first. */
  async newest(most: number): Promise<readonly ReleaseRow[]> {
    const rows = await this.#db
      .selectFrom("releases")
      .selectAll()
      .orderBy("released_at", "desc")
      .orderBy("app")
      .orderBy("version")
      .limit(most)
      .execute();
    return rows.map(({ app, note, released_at, said_by, source, version }) => ({
      app,
      version,
      source: source as ReleaseRow["source"],
      atMs: released_at,
      by: said_by ?? undefined,
      note: note ?? undefined,
    }));
  }

  async removeBefore(atMs: number): Promise<void> {
    await this.#db.deleteFrom("releases").where("released_at", "<", atMs).execute();
  }
}
