import { type Dialect, SqliteAdapter, SqliteIntrospector, SqliteQueryCompiler } from "kysely";
import { SqliteDriver } from "./sqlite-driver.ts";
import { StoreState } from "./store-state.ts";
import type { WriteAheadLogOptions } from "./write-ahead-log.ts";

/** Kysely over Node's own SQLite. */
export function sqliteDialect(
  file: string,
  state = new StoreState(),
  log: Omit<WriteAheadLogOptions, "file"> = {},
): Dialect {
  return {
    createAdapter: () => new TransactionalAdapter(),
    createDriver: () => new SqliteDriver(file, state, log),
    createIntrospector: (db) => new SqliteIntrospector(db),
    createQueryCompiler: () => new SqliteQueryCompiler(),
  };
}

/**
 * Migrations run in a transaction, which SQLite undoes like any other: when a program is killed, or
 * two start at once, no half-made tables are left.
 */
class TransactionalAdapter extends SqliteAdapter {
  override get supportsTransactionalDdl(): boolean {
    return true;
  }
}
