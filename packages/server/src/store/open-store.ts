import { mkdirSync } from "node:fs";
import { dirname, resolve } from "node:path";
import { Kysely, type Migration, Migrator, PostgresDialect } from "kysely";
import pg from "pg";
import { migrations } from "./migrations.ts";
import { sqliteDialect } from "./sqlite-dialect.ts";
import type { Tables } from "./tables.ts";

export type Database = Kysely<Tables>;

export interface Store {
  readonly db: Database;
  readonly kind: "sqlite" | "postgres";
  close(): Promise<void>;
}

const poolSize = 10;
const connectTimeoutMs = 5000;
const int8 = 20;

/**
 * Opens the durable store and brings its tables up to date.
 *
 * @param url a file's path, or `postgres://user@host/database`
 * @param folder where a relative path begins
 * @throws Error in words for a person
 */
export async function openStore(url: string, folder: string): Promise<Store> {
  const kind = /^postgres(ql)?:\/\//.test(url) ? "postgres" : "sqlite";
  const db = new Kysely<Tables>({ dialect: kind === "postgres" ? postgresDialect(url) : sqliteFile(resolve(folder, url)) });
  try {
    await migrate(db);
  } catch (fault) {
    await db.destroy().catch(() => undefined);
    throw new Error(`the store ${kind === "postgres" ? withoutPassword(url) : resolve(folder, url)} cannot be opened: ${(fault as Error).message}`, { cause: fault });
  }
  return { db, kind, close: () => db.destroy() };
}

function sqliteFile(file: string): ReturnType<typeof sqliteDialect> {
  mkdirSync(dirname(file), { recursive: true, mode: 0o700 });
  return sqliteDialect(file);
}

function postgresDialect(url: string): PostgresDialect {
  const pool = new pg.Pool({
    connectionString: url,
    max: poolSize,
    connectionTimeoutMillis: connectTimeoutMs,
    application_name: "portcullis",
    // Moments in milliseconds are far below 2^53; pg would hand them out as text.
    types: { getTypeParser: ((oid: number, format?: "text" | "binary") => (oid === int8 ? Number : pg.types.getTypeParser(oid, format))) as typeof pg.types.getTypeParser },
  });
  // A connection that breaks while nobody uses it is replaced at the next use; unheard, the event would end the process.
  pool.on("error", () => undefined);
  return new PostgresDialect({ pool });
}

async function migrate(db: Kysely<Tables>): Promise<void> {
  const { error } = await new Migrator({ db, provider: { getMigrations: () => Promise.resolve(migrations as Record<string, Migration>) } }).migrateToLatest();
  if (error !== undefined) throw error instanceof Error ? error : new Error("its tables cannot be brought up to date");
}

function withoutPassword(url: string): string {
  const parsed = URL.parse(url);
  return parsed === null ? "postgres://(unreadable)" : `${parsed.protocol}//${parsed.host}${parsed.pathname}`;
}
