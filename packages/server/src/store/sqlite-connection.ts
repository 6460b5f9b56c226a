import type { DatabaseSync, SQLInputValue, StatementSync } from "node:sqlite";
import type { CompiledQuery, QueryResult } from "kysely";
import type { SqlitePatience } from "./sqlite-patience.ts";

const mostStatements = 500;

/** Runs statements, and keeps them prepared. */
export class SqliteConnection {
  readonly #database: DatabaseSync;
  readonly #patience: SqlitePatience;
  readonly #statements = new Map<string, StatementSync>();

  constructor(database: DatabaseSync, patience: SqlitePatience) {
    this.#database = database;
    this.#patience = patience;
  }

  executeQuery<R>({ parameters, sql }: CompiledQuery): Promise<QueryResult<R>> {
    const writes = !sql.startsWith("select");
    return this.#patience.run(writes, () => this.#run<R>(sql, parameters));
  }

  #run<R>(sql: string, parameters: readonly unknown[]): QueryResult<R> {
    const statement = this.#prepare(sql);
    const values = parameters as readonly SQLInputValue[];
    if (statement.columns().length > 0) return { rows: statement.all(...values) as R[] };
    const { changes, lastInsertRowid } = statement.run(...values);
    return {
      rows: [],
      numAffectedRows: BigInt(changes),
      insertId: BigInt(lastInsertRowid),
    };
  }

  /** Statements are few and always the same: the program writes them, never a caller. */
  #prepare(sql: string): StatementSync {
    let statement = this.#statements.get(sql);
    if (statement === undefined) {
      if (this.#statements.size >= mostStatements) this.#statements.clear();
      this.#statements.set(sql, (statement = this.#database.prepare(sql)));
    }
    return statement;
  }
}
