import type { Kysely, Migration } from "kysely";

/** Who may use what is another's, because its owner has said so. */
export const grants: Readonly<Record<string, Migration>> = {
  "0141-grants": {
    async up(db: Kysely<unknown>): Promise<void> {
      await db.schema
        .createTable("grants")
        .addColumn("id", "text", (column) => column.primaryKey())
        .addColumn("kind", "text", (column) => column.notNull())
        .addColumn("from_key", "text", (column) => column.notNull())
        .addColumn("to_key", "text", (column) => column.notNull())
        .addColumn("object", "text")
        .addColumn("methods", "text", (column) => column.notNull())
        .addColumn("reason", "text", (column) => column.notNull())
        .addColumn("created_by", "text", (column) => column.notNull())
        .addColumn("created_at", "bigint", (column) => column.notNull())
        .addColumn("ends_at", "bigint", (column) => column.notNull())
        .execute();
      await db.schema.createIndex("grants_end").on("grants").column("ends_at").execute();
    },
  },
};
