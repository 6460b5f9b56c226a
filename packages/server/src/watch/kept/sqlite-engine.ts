import { DatabaseSync, type SQLInputValue } from "node:sqlite";
import { type Engine, HeldFault, type OpenFile, type Row, UnreadableFault } from "./engine.ts";
import type { Added, ColumnKind, Table, Value } from "./tables.ts";

const typeOf: Readonly<Record<ColumnKind, string>> = {
  whole: "INTEGER",
  number: "REAL",
  text: "TEXT",
  trace: "TEXT",
};

/** SQLITE_CORRUPT and SQLITE_NOTADB (sqlite.org/rescode.html), by their last byte. */
const unreadableCodes: ReadonlySet<number> = new Set([11, 26]);
/** SQLITE_BUSY and SQLITE_LOCKED. */
const heldCodes: ReadonlySet<number> = new Set([5, 6]);

/**
 * What every Node brings. A question is not broken off here: whoever waits for it ends the process
 * that it keeps.
 */
export const sqliteEngine: Engine = {
  suffix: "sqlite",
  beside: ["-wal", "-shm"],
  open(file, tables) {
    return new Promise((resolve) => resolve(new SqliteFile(file, tables)));
  },
};

class SqliteFile implements OpenFile {
  readonly #database: DatabaseSync;

  constructor(file: string, tables: readonly Table[]) {
    try {
      this.#database = new DatabaseSync(file, { timeout: 1000, defensive: true });
      // A log that is written with every batch outlasts the end of the process.
      this.#database.exec(
        "PRAGMA journal_mode = WAL; PRAGMA synchronous = NORMAL; PRAGMA trusted_schema = OFF",
      );
      for (const { columns, name } of tables) {
        const all = Object.entries(columns).map(([column, kind]) => `"${column}" ${typeOf[kind]}`);
        this.#database.exec(`CREATE TABLE IF NOT EXISTS ${name} (${all.join(", ")})`);
        for (const column of ["trace", "at_ms"])
          if (column in columns)
            this.#database.exec(
              `CREATE INDEX IF NOT EXISTS ${name}_${column} ON ${name} (${column})`,
            );
      }
      this.#database.prepare("SELECT count(*) FROM sqlite_schema").get();
    } catch (fault) {
      throw openFault(fault);
    }
  }

  async add(all: readonly Added[]): Promise<void> {
    this.#database.exec("BEGIN IMMEDIATE");
    try {
      for (const { rows, table } of all) {
        if (rows.length === 0) continue;
        const columns = Object.keys(table.columns);
        const insert = this.#database.prepare(
          `INSERT INTO ${table.name} VALUES (${columns.map(() => "?").join(", ")})`,
        );
        for (const row of rows) insert.run(...columns.map((name) => row[name] as SQLInputValue));
      }
      this.#database.exec("COMMIT");
    } catch (fault) {
      if (this.#database.isTransaction) this.#database.exec("ROLLBACK");
      throw fault;
    }
  }

  async all(sql: string, values: readonly Value[]): Promise<Row[]> {
    return this.#database.prepare(sql).all(...values) as Row[];
  }

  async close(): Promise<void> {
    this.#database.close();
  }
}

function openFault(fault: unknown): Error {
  const { errcode = 0, message } = fault as Error & { readonly errcode?: number };
  const code = errcode & 0xff;
  if (heldCodes.has(code)) return new HeldFault(message);
  if (unreadableCodes.has(code)) return new UnreadableFault(message);
  return fault as Error;
}
