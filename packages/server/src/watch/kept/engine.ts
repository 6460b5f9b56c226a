import type { Added, Table, Value } from "./tables.ts";

export type Row = Readonly<Record<string, Value>>;

/** One file of tables, open. */
export interface OpenFile {
  /** All of it, or nothing; when it resolves, the end of this process does not lose it. */
  add(all: readonly Added[]): Promise<void>;
  /**
   * What a SELECT finds. Values are given as parameters (`?`), never in the text.
   *
   * @throws DeadlineFault where it takes longer
   */
  all(sql: string, values: readonly Value[], deadlineMs: number): Promise<Row[]>;
  close(): Promise<void>;
}

/** What keeps records: the same SQL, whichever it is. */
export interface Engine {
  /** How its files end. */
  readonly suffix: "duckdb" | "sqlite";
  /** What it keeps beside a file until that is closed; it must go wherever the file goes. */
  readonly beside: readonly string[];
  /**
   * Opens a file, or makes it with these tables.
   *
   * @throws HeldFault where another process has it
   * @throws UnreadableFault where it is no such file any more
   */
  open(file: string, tables: readonly Table[]): Promise<OpenFile>;
}

/** Another process has the file. */
export class HeldFault extends Error {}
/** What stands in the file cannot be read; trying again will not help. */
export class UnreadableFault extends Error {}
/** A question has taken longer than it may. */
export class DeadlineFault extends Error {}

export type EngineName = Engine["suffix"];
