import type { Kysely, Migration } from "kysely";

/** Who acts in whose name, for a while and for a reason. */
export const impersonations: Readonly<Record<string, Migration>> = {
  "0150-impersonations": {
    async up(db: Kysely<unknown>): Promise<void> {
      await db.schema
        .createTable("impersonations")
        .addColumn("id", "text", (column) => column.primaryKey())
        .addColumn("digest", "text", (column) => column.notNull().unique())
        .addColumn("actor_key", "text", (column) => column.notNull())
        .addColumn("subject_key", "text", (column) => column.notNull())
        .addColumn("reason", "text", (column) => column.notNull())
        .addColumn("roles", "text")
        .addColumn("tier", "text")
        .addColumn("account_version", "bigint")
        .addColumn("begun_at", "bigint", (column) => column.notNull())
        .addColumn("ends_at", "bigint", (column) => column.notNull())
        .addColumn("ended_at", "bigint")
        .addColumn("ended_by", "text")
        .execute();
      await db.schema
        .createIndex("impersonations_actor")
        .on("impersonations")
        .columns(["actor_key", "begun_at"])
        .execute();
    },
  },
};
