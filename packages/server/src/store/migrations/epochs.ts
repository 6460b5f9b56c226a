import type { Kysely, Migration } from "kysely";

/** Rows from before are of the first epoch, like every account. */
export const epochs: Readonly<Record<string, Migration>> = {
  "0100-epochs": {
    async up(db: Kysely<unknown>): Promise<void> {
      for (const table of ["accounts", "devices", "app_sessions"])
        await db.schema
          .alterTable(table)
          .addColumn("epoch", "integer", (column) => column.notNull().defaultTo(1))
          .execute();
      await db.schema.alterTable("oidc_records").addColumn("epoch", "integer").execute();
      for (const name of ["label", "network"])
        await db.schema
          .alterTable("app_sessions")
          .addColumn(name, "text", (column) => column.notNull().defaultTo(""))
          .execute();
      await db.schema.alterTable("app_sessions").addColumn("ends_at", "bigint").execute();
      await db.schema
        .createTable("known_browsers")
        .addColumn("account_id", "text", (column) =>
          column.notNull().references("accounts.id").onDelete("cascade"),
        )
        .addColumn("id", "text", (column) => column.notNull())
        .addColumn("epoch", "integer", (column) => column.notNull())
        .addColumn("label", "text", (column) => column.notNull())
        .addColumn("network", "text", (column) => column.notNull())
        .addColumn("first_seen_at", "bigint", (column) => column.notNull())
        .addColumn("last_seen_at", "bigint", (column) => column.notNull())
        .addPrimaryKeyConstraint("known_browsers_key", ["account_id", "id"])
        .execute();
      await db.schema.createIndex("known_browsers_id").on("known_browsers").column("id").execute();
    },
  },
};

/** One row for each family of refresh tokens, in place of one for each token. */
export const families: Readonly<Record<string, Migration>> = {
  "0101-families": {
    async up(db: Kysely<unknown>): Promise<void> {
      await db.schema.alterTable("app_sessions").addColumn("spent_generation", "integer").execute();
      await db.schema.alterTable("app_sessions").addColumn("spent_at", "bigint").execute();
      await db.schema
        .createTable("restorations")
        .addColumn("said_at", "bigint", (column) => column.primaryKey())
        .addColumn("copy_of", "bigint", (column) => column.notNull())
        .execute();
    },
  },
};
