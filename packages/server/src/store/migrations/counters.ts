import { type Kysely, type Migration, sql } from "kysely";
import { isPostgres } from "./first-tables.ts";

/** What is counted, secrets of the program, and how what has ended is found. */
export const counters: Readonly<Record<string, Migration>> = {
  // The table `guesses` stays: a program of the version before counts in it meanwhile.
  "0110-counters": {
    async up(db: Kysely<unknown>): Promise<void> {
      await db.schema
        .createTable("counters")
        .addColumn("key", "text", (column) => column.primaryKey())
        .addColumn("whole_at", "bigint", (column) => column.notNull())
        .execute();
      await db.schema.createIndex("counters_whole").on("counters").column("whole_at").execute();
    },
  },
  "0111-secrets": {
    async up(db: Kysely<unknown>): Promise<void> {
      await db.schema
        .createTable("secrets")
        .addColumn("name", "text", (column) => column.primaryKey())
        .addColumn("sealed", isPostgres(db) ? sql`bytea` : sql`blob`, (column) => column.notNull())
        .execute();
    },
  },
  // What the sweep looks for.
  "0112-ends": {
    async up(db: Kysely<unknown>): Promise<void> {
      for (const [table, column] of [
        ["one_time_codes", "expires_at"],
        ["revocations", "expires_at"],
        ["devices", "last_seen_at"],
        ["app_sessions", "ended_at"],
        ["app_sessions", "used_at"],
      ] as const)
        await db.schema.createIndex(`${table}_${column}`).on(table).column(column).execute();
    },
  },
};
