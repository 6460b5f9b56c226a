import type { Kysely, Migration } from "kysely";

/** What nobody wants to be told of for a while. */
export const mutes: Readonly<Record<string, Migration>> = {
  "0230-mutes": {
    async up(db: Kysely<unknown>): Promise<void> {
      await db.schema
        .createTable("mutes")
        .addColumn("id", "text", (column) => column.primaryKey())
        .addColumn("document", "text", (column) => column.notNull())
        .addColumn("ends_at", "bigint", (column) => column.notNull())
        .execute();
    },
  },
};
