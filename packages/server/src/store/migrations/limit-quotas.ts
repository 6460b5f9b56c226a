import type { Kysely, Migration } from "kysely";

/** What was taken of quotas of the calendar and of lifetimes. */
export const limitQuotas: Readonly<Record<string, Migration>> = {
  "0140-limit-quotas": {
    async up(db: Kysely<unknown>): Promise<void> {
      await db.schema
        .createTable("limit_quotas")
        .addColumn("name", "text", (column) => column.primaryKey())
        .addColumn("used", "double precision", (column) => column.notNull())
        .addColumn("ends_at", "bigint", (column) => column.notNull())
        .execute();
      await db.schema
        .createIndex("limit_quotas_end")
        .on("limit_quotas")
        .column("ends_at")
        .execute();
    },
  },
};
