import type { Kysely, Migration } from "kysely";

/** Who may sign in to the console, by what, and who is signed in. */
export const consoleAccess: Readonly<Record<string, Migration>> = {
  "0220-console-access": {
    async up(db: Kysely<unknown>): Promise<void> {
      await db.schema
        .createTable("console_people")
        .addColumn("id", "text", (column) => column.primaryKey())
        .addColumn("name", "text", (column) => column.notNull().unique())
        .addColumn("role", "text", (column) => column.notNull())
        .addColumn("created_by", "text", (column) => column.notNull())
        .addColumn("created_at", "bigint", (column) => column.notNull())
        .execute();
      await db.schema
        .createTable("console_passkeys")
        .addColumn("id", "text", (column) => column.primaryKey())
        .addColumn("person", "text", (column) => column.notNull())
        .addColumn("public_key", "text", (column) => column.notNull())
        .addColumn("counter", "bigint", (column) => column.notNull())
        .addColumn("label", "text", (column) => column.notNull())
        .addColumn("created_at", "bigint", (column) => column.notNull())
        .execute();
      await db.schema
        .createTable("console_links")
        .addColumn("hash", "text", (column) => column.primaryKey())
        .addColumn("name", "text")
        .addColumn("role", "text", (column) => column.notNull())
        .addColumn("created_by", "text", (column) => column.notNull())
        .addColumn("ends_at", "bigint", (column) => column.notNull())
        .execute();
      await db.schema
        .createTable("console_sessions")
        .addColumn("hash", "text", (column) => column.primaryKey())
        .addColumn("person", "text", (column) => column.notNull())
        .addColumn("label", "text", (column) => column.notNull())
        .addColumn("created_at", "bigint", (column) => column.notNull())
        .addColumn("seen_at", "bigint", (column) => column.notNull())
        .addColumn("confirmed_at", "bigint", (column) => column.notNull())
        .execute();
      for (const table of ["console_passkeys", "console_sessions"])
        await db.schema.createIndex(`${table}_person`).on(table).column("person").execute();
    },
  },
};
