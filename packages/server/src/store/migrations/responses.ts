import type { Kysely, Migration } from "kysely";

/** What is done about incidents, and what was. What was taken back stays, to be looked at. */
export const responses: Readonly<Record<string, Migration>> = {
  "0200-responses": {
    async up(db: Kysely<unknown>): Promise<void> {
      await db.schema
        .createTable("responses")
        .addColumn("id", "text", (column) => column.primaryKey())
        .addColumn("incident", "text", (column) => column.notNull())
        .addColumn("document", "text", (column) => column.notNull())
        .addColumn("hidden", "text", (column) => column.notNull())
        .addColumn("created_at", "bigint", (column) => column.notNull())
        .addColumn("ends_at", "bigint", (column) => column.notNull())
        .addColumn("undone_at", "bigint")
        .addColumn("undone_by", "text")
        .execute();
      await db.schema.createIndex("responses_of").on("responses").column("incident").execute();
    },
  },
};
