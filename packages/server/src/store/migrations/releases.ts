import type { Kysely, Migration } from "kysely";

/** Which version of which app people have had since when. */
export const releases: Readonly<Record<string, Migration>> = {
  "0200-releases": {
    async up(db: Kysely<unknown>): Promise<void> {
      await db.schema
        .createTable("releases")
        .addColumn("app", "text", (column) => column.notNull())
        .addColumn("version", "text", (column) => column.notNull())
        .addColumn("source", "text", (column) => column.notNull())
        .addColumn("released_at", "bigint", (column) => column.notNull())
        .addColumn("said_by", "text")
        .addColumn("note", "text")
        .addPrimaryKeyConstraint("releases_key", ["app", "version"])
        .execute();
      await db.schema.createIndex("releases_at").on("releases").column("released_at").execute();
    },
  },
};
