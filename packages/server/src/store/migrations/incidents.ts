import type { Kysely, Migration } from "kysely";

/** What detectors have found, and what people say of it. */
export const incidents: Readonly<Record<string, Migration>> = {
  "0190-incidents": {
    async up(db: Kysely<unknown>): Promise<void> {
      await db.schema
        .createTable("incidents")
        .addColumn("id", "text", (column) => column.primaryKey())
        .addColumn("started_at", "bigint", (column) => column.notNull())
        .addColumn("last_at", "bigint", (column) => column.notNull())
        .addColumn("severity", "text", (column) => column.notNull())
        .addColumn("state", "text", (column) => column.notNull())
        .addColumn("detector", "text", (column) => column.notNull())
        .addColumn("mark", "text")
        .addColumn("document", "text", (column) => column.notNull())
        .execute();
      await db.schema.createIndex("incidents_last").on("incidents").column("last_at").execute();
    },
  },
};
