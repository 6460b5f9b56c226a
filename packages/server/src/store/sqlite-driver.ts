import { DatabaseSync } from "node:sqlite";
import type { CompiledQuery, DatabaseConnection, Driver, QueryResult } from "kysely";
import { keepPrivate } from "./private-file.ts";
import { SqliteConnection } from "./sqlite-connection.ts";
import { SqlitePatience } from "./sqlite-patience.ts";
import type { StoreState } from "./store-state.ts";
import { WriteAheadLog, type WriteAheadLogOptions } from "./write-ahead-log.ts";

/**
 * So many transactions share one wait for the disk at most, because the first of them waits until
 * the last is done.
 */
const mostTogether = 64;
const turnsToJoin = 3;

/** Somebody's turn at the connection. */
class Turn implements DatabaseConnection {
  readonly #run: DatabaseConnection["executeQuery"];
  readonly end: () => void;
  /** Between its beginning and its end. */
  inTransaction = false;

  constructor(
    run: (query: CompiledQuery, turn: Turn) => Promise<QueryResult<unknown>>,
    end: () => void,
  ) {
    this.#run = (query) => run(query, this) as Promise<QueryResult<never>>;
    this.end = end;
  }

  executeQuery<R>(query: CompiledQuery): Promise<QueryResult<R>> {
    return this.#run<R>(query);
  }

  async *streamQuery<R>(query: CompiledQuery): AsyncIterableIterator<QueryResult<R>> {
    yield await this.executeQuery<R>(query);
  }
}

/** Transactions that are done, and readers of them, who wait for what was done to be durable. */
interface Group {
  readonly waiting: { readonly resolve: () => void; readonly reject: (fault: Error) => void }[];
  settling: boolean;
}

/**
 * One connection, which its users take in turn. Making a transaction durable costs a wait for the
 * disk, far more than the transaction itself: those that stand in line are done as savepoints of
 * one, and wait for the disk together. None is acknowledged before it is durable; one that fails is
 * undone alone.
 */
export class SqliteDriver implements Driver {
  readonly #file: string;
  readonly #state: StoreState;
  readonly #log: WriteAheadLog;
  #database: DatabaseSync | undefined;
  #patience: SqlitePatience | undefined;
  #connection: SqliteConnection | undefined;
  #last: Promise<void> = Promise.resolve();
  #standing = 0;
  #group: Group | undefined;

  constructor(file: string, state: StoreState, log: Omit<WriteAheadLogOptions, "file">) {
    this.#file = file;
    this.#state = state;
    this.#log = new WriteAheadLog({ ...log, file });
  }

  init(): Promise<void> {
    if (this.#file !== ":memory:") keepPrivate(this.#file);
    this.#database = new DatabaseSync(this.#file);
    const patience = (this.#patience = new SqlitePatience(this.#database, this.#state));
    // What was acknowledged must outlive a power cut, not only a crash of this process: the log
    // waits for the disk, because SQLite (synchronous=FULL) would stop the thread meanwhile.
    this.#database.exec(
      "PRAGMA journal_mode=WAL; PRAGMA synchronous=NORMAL; PRAGMA wal_autocheckpoint=0; " +
        "PRAGMA foreign_keys=ON; PRAGMA trusted_schema=OFF",
    );
    patience.begin();
    this.#connection = new SqliteConnection(this.#database, patience);
    return Promise.resolve();
  }

  async acquireConnection(): Promise<DatabaseConnection> {
    const before = this.#last;
    let next = (): void => undefined;
    this.#last = new Promise((resolve) => {
      next = resolve;
    });
    this.#standing += 1;
    await before;
    let over = false;
    return new Turn(
      (query, turn) => this.#execute(query, turn),
      () => {
        if (over) return;
        over = true;
        this.#standing -= 1;
        this.#settle();
        next();
      },
    );
  }

  releaseConnection(turn: DatabaseConnection): Promise<void> {
    (turn as Turn).end();
    return Promise.resolve();
  }

  /**
   * IMMEDIATE takes the write lock at the beginning: a transaction that reads first could otherwise
   * fail at its first write, because another has written meanwhile.
   */
  async beginTransaction(turn: DatabaseConnection): Promise<void> {
    const database = this.#database as DatabaseSync;
    if (this.#group === undefined) {
      await this.#patience?.run(true, () => database.exec("BEGIN IMMEDIATE"));
      this.#group = { waiting: [], settling: false };
    }
    database.exec("SAVEPOINT one");
    (turn as Turn).inTransaction = true;
  }

  commitTransaction(turn: DatabaseConnection): Promise<void> {
    const own = turn as Turn;
    this.#database?.exec("RELEASE one");
    own.inTransaction = false;
    return this.#durable(own);
  }

  rollbackTransaction(turn: DatabaseConnection): Promise<void> {
    const own = turn as Turn;
    // One that could not be made durable was undone with its group.
    if (!own.inTransaction) return Promise.resolve();
    own.inTransaction = false;
    if (this.#database?.isTransaction === true) this.#database.exec("ROLLBACK TO one; RELEASE one");
    else this.#dissolve(new Error("the store undid the transaction and those before it"));
    return Promise.resolve();
  }

  async destroy(): Promise<void> {
    if (this.#group !== undefined) this.#commit();
    await this.#log.close();
    this.#database?.close();
  }

  /**
   * A statement outside a transaction waits until what was done before it is durable: otherwise it
   * could answer with what a power cut still undoes.
   */
  async #execute(query: CompiledQuery, turn: Turn): Promise<QueryResult<unknown>> {
    const connection = this.#connection as SqliteConnection;
    if (turn.inTransaction) return connection.executeQuery(query);
    if (query.sql.startsWith("select")) {
      const read = await connection.executeQuery(query);
      if (this.#group === undefined) await this.#log.settle();
      else await this.#durable(turn);
      return read;
    }
    if (this.#group !== undefined) this.#commit();
    const done = await connection.executeQuery(query);
    turn.end();
    await this.#log.makeDurable().catch((fault: unknown) => {
      throw this.#state.note(fault);
    });
    return done;
  }

  /** Gives the turn to the next in line, and waits until the group is durable. */
  #durable(turn: Turn): Promise<void> {
    return new Promise((resolve, reject) => {
      if (this.#group === undefined) resolve();
      else this.#group.waiting.push({ resolve, reject });
      turn.end();
    });
  }

  /**
   * Ends the group when it is full, so that a line that never empties does not wait without end; or
   * a few turns of the event loop after the line is empty, so that callers who are nearly ready can
   * still join.
   */
  #settle(): void {
    const group = this.#group;
    if (group === undefined) return;
    if (group.waiting.length >= mostTogether) this.#commit();
    else if (this.#standing === 0 && !group.settling) this.#settleAfter(group, turnsToJoin);
  }

  #settleAfter(group: Group, turns: number): void {
    group.settling = true;
    setImmediate(() => {
      if (this.#group !== group) return;
      if (turns > 1) return this.#settleAfter(group, turns - 1);
      group.settling = false;
      if (this.#standing === 0) this.#commit();
      return undefined;
    });
  }

  /** Ends the group. Who waits is answered when the disk has it; others go on meanwhile. */
  #commit(): void {
    const group = this.#group;
    this.#group = undefined;
    try {
      this.#patience?.runNow(true, () => this.#database?.exec("COMMIT"));
    } catch (fault) {
      this.#group = group;
      if (this.#database?.isTransaction === true) this.#database.exec("ROLLBACK");
      this.#dissolve(fault as Error);
      return;
    }
    this.#log.makeDurable().then(
      () => {
        for (const { resolve } of group?.waiting ?? []) resolve();
      },
      (fault: unknown) => {
        const lost = this.#state.note(fault);
        for (const { reject } of group?.waiting ?? []) reject(lost);
      },
    );
    void this.#log.shorten(() => this.#shorten());
  }

  /** The little that was committed since it was copied: then the log begins anew. */
  #shorten(): void {
    if (this.#group === undefined) this.#database?.exec("PRAGMA wal_checkpoint(PASSIVE)");
  }

  #dissolve(fault: Error): void {
    const group = this.#group;
    this.#group = undefined;
    for (const { reject } of group?.waiting ?? []) reject(fault);
  }
}
