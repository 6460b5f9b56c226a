import type { Kysely, Migration } from "kysely";

/** Modes that were set while the program runs. What was taken back stays, to be looked at. */
export const switches: Readonly<Record<string, Migration>> = {
  "0190-switches": {
    async up(db: Kysely<unknown>): Promise<void> {
      await db.schema
        .createTable("switches")
        .addColumn("id", "text", (column) => column.primaryKey())
        .addColumn("operation", "text", (column) => column.notNull())
        .addColumn("control", "text")
        .addColumn("mode", "text", (column) => column.notNull())
        .addColumn("app", "text")
        .addColumn("percent", "integer")
        .addColumn("reason", "text", (column) => column.notNull())
        .addColumn("created_by", "text", (column) => column.notNull())
        .addColumn("created_at", "bigint", (column) => column.notNull())
        .addColumn("ends_at", "bigint")
        .addColumn("undone_by", "text")
        .addColumn("undone_at", "bigint")
        .execute();
    },
  },
};
