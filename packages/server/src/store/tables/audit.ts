import type { AuditRecord, AuditTable } from "@portcullis/identity/store";
import type { Kysely, Selectable } from "kysely";
import type { Schema } from "../schema.ts";

/** Where an entry stands in the chain. */
export interface ChainPlace {
  /** Counted from 1, without gaps. */
  readonly sequence: number;
  /** The hash of the entry before it; empty for the first. */
  readonly previous: string;
  readonly hash: string;
}

export type ChainedRecord = AuditRecord & ChainPlace;

/** The table `audit`. */
export class AuditRows implements AuditTable {
  readonly #db: Kysely<Schema>;

  constructor(db: Kysely<Schema>) {
    this.#db = db;
  }

  async add({ about, action, actor, atMs, details, id }: AuditRecord): Promise<void> {
    await this.#db
      .insertInto("audit")
      .values({ id, at: atMs, actor, action, about, details: JSON.stringify(details) })
      .execute();
  }

  async removeBefore(atMs: number, most: number): Promise<number> {
    // Only from the beginning of the chain: one that is cut in its middle is no longer whole.
    const kept = await this.#db
      .selectFrom("audit")
      .select("sequence")
      .where("sequence", "is not", null)
      .where("at", ">=", atMs)
      .orderBy("sequence")
      .limit(1)
      .executeTakeFirst();
    const { numDeletedRows } = await this.#db
      .deleteFrom("audit")
      .where("id", "in", (eb) =>
        eb
          .selectFrom("audit")
          .select("id")
          .where("at", "<", atMs)
          .where((one) =>
            one.or([
              one("sequence", "is", null),
              one("sequence", "<", kept?.sequence ?? Number.MAX_SAFE_INTEGER),
            ]),
          )
          .limit(most),
      )
      .executeTakeFirst();
    return Number(numDeletedRows);
  }

  /** Entries that have no place in the chain yet, the oldest first. */
  async unchained(most: number): Promise<readonly AuditRecord[]> {
    const rows = await this.#db
      .selectFrom("audit")
      .selectAll()
      .where("sequence", "is", null)
      .orderBy("at")
      .orderBy("id")
      .limit(most)
      .execute();
    return rows.map(recordOf);
  }

  /** @returns false where it has a place already, given by another node */
  async chain(id: string, { hash, previous, sequence }: ChainPlace): Promise<boolean> {
    const { numUpdatedRows } = await this.#db
      .updateTable("audit")
      .set({ hash, previous, sequence })
      .where("id", "=", id)
      .where("sequence", "is", null)
      .executeTakeFirst();
    return numUpdatedRows === 1n;
  }

  /** Entries with their places, in the order of the chain. */
  async chained(after: number, most: number): Promise<readonly ChainedRecord[]> {
    const rows = await this.#db
      .selectFrom("audit")
      .selectAll()
      .where("sequence", ">", after)
      .orderBy("sequence")
      .limit(most)
      .execute();
    return rows.map((row) => ({
      ...recordOf(row),
      sequence: row.sequence ?? 0,
      previous: row.previous ?? "",
      hash: row.hash ?? "",
    }));
  }

  async newest(most: number): Promise<readonly AuditRecord[]> {
    const rows = await this.#db
      .selectFrom("audit")
      .selectAll()
      .orderBy("at", "desc")
      .limit(most)
      .execute();
    return rows.map(recordOf);
  }
}

const recordOf = (row: Selectable<Schema["audit"]>): AuditRecord => ({
  id: row.id,
  atMs: row.at,
  actor: row.actor,
  action: row.action,
  about: row.about,
  details: JSON.parse(row.details) as AuditRecord["details"],
});
