const pollEveryMs = 200;
/** A store that cannot be read for so long may hold a revocation that nobody here has seen. */
const believedMs = 10_000;
const most = 10_000;

/** A table whose rows let somebody do something, until they end or are taken away. */
export interface FollowedTable<Row> {
  /** Those that hold, at most `most`. */
  active(nowMs: number, most: number): Promise<readonly Row[]>;
  /** Differs after every change. */
  mark(): Promise<string>;
}

/**
 * Follows a table, whoever writes to it: this process, another node, or a command. What cannot be
 * read any more lets nobody do anything.
 */
export class FollowedRows<Row> {
  readonly #table: FollowedTable<Row>;
  readonly #onRows: (rows: readonly Row[]) => void;
  readonly #timer: NodeJS.Timeout;
  #current: readonly Row[] = [];
  #mark = "";
  #lookedAt = performance.now();
  #looking: Promise<void> | undefined;

  constructor(table: FollowedTable<Row>, onRows: (rows: readonly Row[]) => void) {
    this.#table = table;
    this.#onRows = onRows;
    this.#timer = setInterval(() => {
      if (performance.now() - this.#lookedAt > believedMs) this.#forget();
      void this.look();
    }, pollEveryMs);
    this.#timer.unref();
  }

  /** What holds just now, for a gate thread that begins. */
  get current(): readonly Row[] {
    return this.#current;
  }

  /** Reads the table now, and not at the next poll. */
  look(): Promise<void> {
    return (this.#looking ??= this.#read()
      .catch(() => undefined)
      .finally(() => {
        this.#looking = undefined;
      }));
  }

  close(): void {
    clearInterval(this.#timer);
  }

  async #read(): Promise<void> {
    const askedAt = performance.now();
    const mark = await this.#table.mark();
    if (mark !== this.#mark) {
      const rows = await this.#table.active(Date.now(), most);
      this.#mark = mark;
      this.#tell(rows);
    }
    this.#lookedAt = askedAt;
  }

  #forget(): void {
    // It is read whole again when the store answers.
    this.#mark = "";
    if (this.#current.length > 0) this.#tell([]);
  }

  #tell(rows: readonly Row[]): void {
    this.#current = rows;
    this.#onRows(rows);
  }
}
