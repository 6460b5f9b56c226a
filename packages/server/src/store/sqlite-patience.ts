import type { DatabaseSync } from "node:sqlite";
import type { StoreState } from "./store-state.ts";

/** How long a statement waits for another process (the command line, say) that writes. */
const busyTimeoutMs = 2000;
/** While one holds the database, each waits so long: the thread that waits answers nobody. */
const hastyTimeoutMs = 10;
/**
 * SQLITE_BUSY, LOCKED, READONLY, IOERR, CORRUPT, FULL, CANTOPEN, NOTADB: they speak of the file, not
 * of the statement.
 */
const fileFaults = new Set([5, 6, 8, 10, 11, 13, 14, 26]);

/** Waits for a database that another process holds, and less long when it goes on. */
export class SqlitePatience {
  readonly #database: DatabaseSync;
  readonly #state: StoreState;
  #isHasty = false;

  constructor(database: DatabaseSync, state: StoreState) {
    this.#database = database;
    this.#state = state;
    this.#wait(busyTimeoutMs);
  }

  /** @param writes what succeeds shows that the database can be written to */
  run<T>(writes: boolean, work: () => T): T {
    try {
      const done = work();
      if (writes) this.#answers();
      return done;
    } catch (fault) {
      const { errcode } = fault as { readonly errcode?: number };
      if (errcode === undefined || !fileFaults.has(errcode & 0xff)) throw fault;
      if (!this.#isHasty) this.#wait(hastyTimeoutMs);
      this.#isHasty = true;
      throw this.#state.note(fault);
    }
  }

  #answers(): void {
    this.#state.lost = undefined;
    if (this.#isHasty) this.#wait(busyTimeoutMs);
    this.#isHasty = false;
  }

  #wait(ms: number): void {
    this.#database.exec(`PRAGMA busy_timeout=${ms}`);
  }
}
