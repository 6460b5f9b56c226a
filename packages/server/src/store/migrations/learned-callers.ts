import { type Kysely, type Migration, sql } from "kysely";
import { isPostgres } from "./first-tables.ts";

/** Who has signed in at the backend, as its answers have said. */
export const learnedCallers: Readonly<Record<string, Migration>> = {
  "0120-learned-callers": {
    async up(db: Kysely<unknown>): Promise<void> {
      const blob = isPostgres(db) ? sql`bytea` : sql`blob`;
      await db.schema
        .createTable("learned_callers")
        .addColumn("name", "text", (column) => column.primaryKey())
        .addColumn("owner", blob, (column) => column.notNull())
        .addColumn("sealed", blob, (column) => column.notNull())
        .addColumn("expires_at", "bigint", (column) => column.notNull())
        .execute();
      await db.schema
        .createIndex("learned_callers_end")
        .on("learned_callers")
        .column("expires_at")
        .execute();
    },
  },
};
