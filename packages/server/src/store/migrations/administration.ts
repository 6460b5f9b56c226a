import { type Kysely, type Migration, sql } from "kysely";
import { isPostgres } from "./first-tables.ts";

/** Who may use the admin API, and the chain that shows whether the audit is whole. */
export const administration: Readonly<Record<string, Migration>> = {
  "0120-admin-tokens": {
    async up(db: Kysely<unknown>): Promise<void> {
      await db.schema
        .createTable("admin_tokens")
        .addColumn("name", "text", (column) => column.primaryKey())
        .addColumn("hash", "text", (column) => column.notNull().unique())
        .addColumn("role", "text", (column) => column.notNull())
        .addColumn("created_at", "bigint", (column) => column.notNull())
        .addColumn("expires_at", "bigint", (column) => column.notNull())
        .execute();
    },
  },
  "0121-audit-chain": {
    async up(db: Kysely<unknown>): Promise<void> {
      await db.schema.alterTable("audit").addColumn("sequence", "bigint").execute();
      await db.schema.alterTable("audit").addColumn("previous", "text").execute();
      await db.schema.alterTable("audit").addColumn("hash", "text").execute();
      await db.schema
        .createTable("audit_head")
        .addColumn("name", "text", (column) => column.primaryKey())
        .addColumn("sequence", "bigint", (column) => column.notNull())
        .addColumn("sealed", isPostgres(db) ? sql`bytea` : sql`blob`, (column) => column.notNull())
        .execute();
      // Two nodes that give the same place to two entries: one of them fails, and looks again.
      await db.schema
        .createIndex("audit_sequence")
        .on("audit")
        .column("sequence")
        .unique()
        .execute();
      await db.schema
        .createIndex("audit_unchained")
        .on("audit")
        .columns(["at", "id"])
        .where("sequence" as never, "is", null)
        .execute();
    },
  },
};
