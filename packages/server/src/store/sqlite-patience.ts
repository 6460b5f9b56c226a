import type { DatabaseSync } from "node:sqlite";
import { setTimeout } from "node:timers/promises";
import type { StoreState } from "./store-state.ts";

/** How long the opening waits for another process that writes: nothing is served meanwhile. */
const openingTimeoutMs = 5000;
/** How long a statement waits for another process (the command line, say) that writes. */
const mostWaitMs = 2000;
/** While one holds the database, each waits so long. */
const hastyWaitMs = 10;
const againMs = 10;
const busy = 5;
/**
 * SQLITE_BUSY, LOCKED, READONLY, IOERR, CORRUPT, FULL, CANTOPEN, NOTADB: they speak of the file, not
 * of the statement.
 */
const fileFaults = new Set([busy, 6, 8, 10, 11, 13, 14, 26]);

/**
 * Waits for a database that another process holds, and less long when it goes on. The thread serves
 * others meanwhile, such as who asks whether it is alive.
 */
export class SqlitePatience {
  readonly #database: DatabaseSync;
  readonly #state: StoreState;
  #isHasty = false;

  constructor(database: DatabaseSync, state: StoreState) {
    this.#database = database;
    this.#state = state;
    this.#database.exec(`PRAGMA busy_timeout=${openingTimeoutMs}`);
  }

  /** From here on SQLite itself waits for nobody: it would stop the thread meanwhile. */
  begin(): void {
    this.#database.exec("PRAGMA busy_timeout=0");
  }

  /**
   * @param writes what succeeds shows that the database can be written to
   * @throws StoreLost when it is held for too long, or cannot be read or written
   */
  async run<T>(writes: boolean, work: () => T): Promise<T> {
    const until = performance.now() + (this.#isHasty ? hastyWaitMs : mostWaitMs);
    for (;;)
      try {
        return this.#tried(writes, work);
      } catch (fault) {
        if (kindOf(fault) !== busy || performance.now() >= until) throw this.#judged(fault);
        await setTimeout(againMs);
      }
  }

  /** The same at once: of whoever holds the lock already. */
  runNow<T>(writes: boolean, work: () => T): T {
    try {
      return this.#tried(writes, work);
    } catch (fault) {
      throw this.#judged(fault);
    }
  }

  #tried<T>(writes: boolean, work: () => T): T {
    const done = work();
    if (writes) {
      this.#state.lost = undefined;
      this.#isHasty = false;
    }
    return done;
  }

  #judged(fault: unknown): unknown {
    if (!fileFaults.has(kindOf(fault))) return fault;
    this.#isHasty = true;
    return this.#state.note(fault);
  }
}

/** The result code, without the bits above that say more; -1 for what is no fault of SQLite. */
function kindOf(fault: unknown): number {
  const { errcode } = fault as { readonly errcode?: number };
  return errcode === undefined ? -1 : errcode & 0xff;
}
