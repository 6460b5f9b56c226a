import { mkdirSync } from "node:fs";
import { dirname, resolve } from "node:path";
import { type Dialect, Kysely, type Migration, Migrator, PostgresDialect } from "kysely";
import pg from "pg";
import { DatabaseStore } from "./database-store.ts";
import { migrations } from "./migrations.ts";
import { patientPool } from "./patient-pool.ts";
import type { Schema } from "./schema.ts";
import { sqliteDialect } from "./sqlite-dialect.ts";
import { StoreState } from "./store-state.ts";

const poolSize = 10;
const connectTimeoutMs = 3000;
/** Statements of a program that serves are short. */
const patienceMs = 3000;
/** A table that is brought up to date may be large. */
const longestTimerMs = 2 ** 31 - 1;
const int8 = 20;

/** Where the store lies when the policy names none. */
export const defaultStore = (directory: string): string => `${directory}/portcullis.db`;

/**
 * Opens the durable store and brings its tables up to date.
 *
 * @param url a file's path, or `postgres://user@host/database`
 * @param folder where a relative path begins
 * @throws Error in words for a person
 */
export async function openStore(url: string, folder: string): Promise<DatabaseStore> {
  const state = new StoreState();
  return new DatabaseStore(await openDatabase(url, folder, state), state);
}

/** The database under the store, with its tables up to date. @throws as `openStore` does */
export async function openDatabase(
  url: string,
  folder: string,
  state = new StoreState(),
): Promise<Kysely<Schema>> {
  let patience = longestTimerMs;
  const isPostgres = /^postgres(ql)?:\/\//.test(url);
  const db = new Kysely<Schema>({
    dialect: isPostgres
      ? postgresDialect(url, state, () => patience)
      : sqliteFile(resolve(folder, url), state),
  });
  try {
    await migrate(db);
    patience = patienceMs;
  } catch (fault) {
    await db.destroy().catch(() => undefined);
    const where = isPostgres ? withoutPassword(url) : resolve(folder, url);
    throw new Error(`the store ${where} cannot be opened: ${(fault as Error).message}`, {
      cause: fault,
    });
  }
  return db;
}

function sqliteFile(file: string, state: StoreState): Dialect {
  mkdirSync(dirname(file), { recursive: true, mode: 0o700 });
  return sqliteDialect(file, state);
}

function postgresDialect(url: string, state: StoreState, patience: () => number): PostgresDialect {
  const pool = new pg.Pool({
    connectionString: url,
    max: poolSize,
    connectionTimeoutMillis: connectTimeoutMs,
    // A statement that hangs would keep one of few connections, and whoever waits for it.
    application_name: "portcullis",
    // Moments in milliseconds are far below 2^53; pg would hand them out as text.
    types: {
      getTypeParser: ((oid: number, format?: "text" | "binary") =>
        oid === int8
          ? Number
          : pg.types.getTypeParser(oid, format)) as typeof pg.types.getTypeParser,
    },
  });
  // A connection that breaks while nobody uses it is replaced at the next use. The event needs a
  // listener all the same: an `error` that nobody listens to ends the process.
  pool.on("error", () => undefined);
  // So does each connection that somebody uses: between two statements of a transaction, it alone
  // is told that the server is gone. The next statement fails, and says so to whoever waits.
  pool.on("connect", (connection) => connection.on("error", () => undefined));
  return new PostgresDialect({ pool: patientPool(pool, state, patience) });
}

async function migrate(db: Kysely<Schema>): Promise<void> {
  const { error } = await new Migrator({
    db,
    provider: { getMigrations: () => Promise.resolve(migrations as Record<string, Migration>) },
  }).migrateToLatest();
  if (error !== undefined)
    throw error instanceof Error ? error : new Error("its tables cannot be brought up to date");
}

function withoutPassword(url: string): string {
  const parsed = URL.parse(url);
  return parsed === null
    ? "postgres://(unreadable)"
    : `${parsed.protocol}//${parsed.host}${parsed.pathname}`;
}
