import type { DuckDBConnection, DuckDBInstance, DuckDBValue } from "@duckdb/node-api";
import {
  DeadlineFault,
  type Engine,
  HeldFault,
  type OpenFile,
  type Row,
  UnreadableFault,
} from "./engine.ts";
import type { Added, ColumnKind, Table, Value } from "./tables.ts";

type DuckDb = typeof import("@duckdb/node-api");

/**
 * What no statement can change again. Nothing outside the file is read or written, nothing is loaded,
 * nothing is spilled to the disk: a question that needs more memory than this fails instead.
 */
const configuration: Readonly<Record<string, string>> = {
  threads: "1",
  memory_limit: "128MB",
  temp_directory: "",
  storage_compatibility_version: "v1.5.0",
  enable_external_access: "false",
  autoinstall_known_extensions: "false",
  autoload_known_extensions: "false",
  allow_community_extensions: "false",
  allow_unsigned_extensions: "false",
  lock_configuration: "true",
};

const typeOf: Readonly<Record<ColumnKind, string>> = {
  whole: "BIGINT",
  number: "DOUBLE",
  text: "VARCHAR",
  trace: "UUID",
};

/** DuckDB takes rows by chunks of this many. */
const chunkRows = 2048;

/** A message by which DuckDB says that another process has the file. */
const held = /Could not set lock|Conflicting lock|being used by another process/i;
/** Messages by which it says that what stands there is not what it has written. */
const unreadable =
  /corrupt|not a valid DuckDB|replaying|checksum|serializ|INTERNAL Error|does not exist|magic|older version|newer version|read header|Failed to load/i;
/** A full disk or a lack of memory passes. */
const passing =
  /No space|ENOSPC|quota|Out of Memory|Too many open|Permission denied|Input\/output/i;

/** @throws Error where its package, or its native code for this machine, is not installed */
export async function duckDbEngine(): Promise<Engine> {
  const duckDb = await import("@duckdb/node-api");
  return {
    suffix: "duckdb",
    beside: [".wal"],
    async open(file, tables) {
      let instance: DuckDBInstance;
      try {
        instance = await duckDb.DuckDBInstance.create(file, { ...configuration });
      } catch (fault) {
        throw openFault(fault);
      }
      const opened = new DuckDbFile(duckDb, instance, await instance.connect());
      await opened.make(tables);
      return opened;
    },
  };
}

function openFault(fault: unknown): Error {
  const { message } = fault as Error;
  if (held.test(message)) return new HeldFault(message);
  if (unreadable.test(message) && !passing.test(message)) return new UnreadableFault(message);
  return fault as Error;
}

class DuckDbFile implements OpenFile {
  readonly #duckDb: DuckDb;
  readonly #instance: DuckDBInstance;
  readonly #writer: DuckDBConnection;
  /** A statement on a connection that is busy would break off the one before it. */
  #writes: Promise<unknown> = Promise.resolve();

  constructor(duckDb: DuckDb, instance: DuckDBInstance, writer: DuckDBConnection) {
    this.#duckDb = duckDb;
    this.#instance = instance;
    this.#writer = writer;
  }

  /** Tables are made when the file is, and never changed: logs with changes of tables were not always read again. */
  async make(tables: readonly Table[]): Promise<void> {
    for (const { columns, name } of tables) {
      const all = Object.entries(columns).map(([column, kind]) => `"${column}" ${typeOf[kind]}`);
      await this.#writer.run(`CREATE TABLE IF NOT EXISTS ${name} (${all.join(", ")})`);
    }
  }

  add(all: readonly Added[]): Promise<void> {
    const done = this.#writes.then(() => this.#add(all));
    this.#writes = done.catch(() => undefined);
    return done;
  }

  async #add(all: readonly Added[]): Promise<void> {
    await this.#writer.run("BEGIN TRANSACTION");
    try {
      for (const one of all) if (one.rows.length > 0) await this.#append(one);
      await this.#writer.run("COMMIT");
    } catch (fault) {
      await this.#writer.run("ROLLBACK").catch(() => undefined);
      throw fault;
    }
  }

  async #append({ rows, table }: Added): Promise<void> {
    const { BIGINT, DOUBLE, DuckDBDataChunk, VARCHAR } = this.#duckDb;
    const columns = Object.entries(table.columns);
    const types = columns.map(([, kind]) =>
      kind === "whole" ? BIGINT : kind === "number" ? DOUBLE : VARCHAR,
    );
    const appender = await this.#writer.createAppender(table.name);
    try {
      for (let from = 0; from < rows.length; from += chunkRows) {
        const some = rows.slice(from, from + chunkRows);
        const chunk = DuckDBDataChunk.create(types, some.length);
        chunk.setColumns(
          columns.map(([name, kind]) =>
            some.map((row) => {
              const value = row[name] as Value;
              return value !== null && kind === "whole" ? BigInt(value) : value;
            }),
          ),
        );
        appender.appendDataChunk(chunk);
      }
      appender.flushSync();
    } finally {
      appender.closeSync();
    }
  }

  /** Each on a connection of its own, so that ending one ends nothing else. */
  async all(sql: string, values: readonly Value[], deadlineMs: number): Promise<Row[]> {
    const reader = await this.#instance.connect();
    let isLate = false;
    const late = setTimeout(() => {
      isLate = true;
      reader.interrupt();
    }, deadlineMs);
    try {
      const result = await reader.runAndReadAll(sql, [...values]);
      const names = result.columnNames();
      return result
        .getRows()
        .map((row) =>
          Object.fromEntries(
            row.map((value, index) => [names[index] as string, this.#plain(value)]),
          ),
        );
    } catch (fault) {
      if (isLate) throw new DeadlineFault(`it took longer than ${deadlineMs} ms`);
      throw fault;
    } finally {
      clearTimeout(late);
      reader.closeSync();
    }
  }

  /** Columns are of four kinds; a UUID is told with its dashes. */
  #plain(value: DuckDBValue): Value {
    if (value === null || typeof value === "number" || typeof value === "string") return value;
    if (typeof value === "bigint") return Number(value);
    if (value instanceof this.#duckDb.DuckDBUUIDValue) return value.toString().replaceAll("-", "");
    throw new TypeError("no column holds such a value");
  }

  /** What stands in the log goes into the file, so that nothing has to be read from the log again. */
  async close(): Promise<void> {
    await this.#writes;
    await this.#writer.run("CHECKPOINT").catch(() => undefined);
    this.#writer.closeSync();
    this.#instance.closeSync();
  }
}
