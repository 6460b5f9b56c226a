const pollEveryMs = 200;
const most = 500;

/** A row that holds until it ends or is taken back. */
interface EndingRow {
  readonly id: string;
  /** Undefined: it holds until it is taken back. */
  readonly endsAtMs: number | undefined;
}

export interface EndingRowsParts<Row extends EndingRow> {
  readonly table: {
    active(nowMs: number, most: number): Promise<readonly Row[]>;
    /** Differs after every change. */
    mark(): Promise<string>;
  };
  /** Told of those that hold whenever they are others than before, or end at another time. */
  readonly onRows: (rows: readonly Row[]) => void;
  readonly now: () => number;
}

/**
 * Follows a table of what holds for a while, whoever writes to it: this process, another node, or a
 * command. While the store cannot be read, what held last goes on holding until its end: a lost
 * store must neither close what was open nor open what was closed.
 */
export class EndingRows<Row extends EndingRow> {
  readonly #parts: EndingRowsParts<Row>;
  readonly #timer: NodeJS.Timeout;
  #rows: readonly Row[] = [];
  #mark = "";
  #told = "";
  #current: readonly Row[] = [];
  #looking: Promise<void> | undefined;

  constructor(parts: EndingRowsParts<Row>) {
    this.#parts = parts;
    this.#timer = setInterval(() => void this.look(), pollEveryMs);
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
        this.#tellOfChange();
      }));
  }

  close(): void {
    clearInterval(this.#timer);
  }

  async #read(): Promise<void> {
    const { now, table } = this.#parts;
    const mark = await table.mark();
    if (mark === this.#mark) return;
    this.#rows = await table.active(now(), most);
    this.#mark = mark;
  }

  /** Also where nothing was written: what has an end ends by itself. */
  #tellOfChange(): void {
    const nowMs = this.#parts.now();
    const holding = this.#rows.filter(({ endsAtMs = Infinity }) => endsAtMs > nowMs);
    const told = holding.map(({ endsAtMs, id }) => `${id} ${endsAtMs ?? ""}`).join(" ");
    if (told === this.#told) return;
    this.#told = told;
    this.#current = holding;
    this.#parts.onRows(holding);
  }
}
