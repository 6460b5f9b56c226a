import { type LearnedEntry, mostLearned, SharedLearnedState } from "@portcullis/guard/state";
import type { SharedLearned } from "@portcullis/guard/state";

/** The part of the store that is used. */
export interface LearnedRows {
  put(name: string, entry: LearnedEntry): Promise<void>;
  remove(name: string): Promise<void>;
  all(nowMs: number, most: number): Promise<readonly (LearnedEntry & { readonly name: string })[]>;
  removeExpired(nowMs: number): Promise<void>;
}

const sweepEveryMs = 600_000;
const againAfterMs = 1000;

/**
 * Keeps in the store who has signed in, so that nobody must sign in again when the program starts
 * anew. Nobody waits for it to be written. What cannot be written waits, one row for each name.
 */
export class KeptLearned {
  readonly #rows: LearnedRows;
  readonly #waiting = new Map<string, LearnedEntry | undefined>();
  readonly #sweeper: NodeJS.Timeout;
  #writing: Promise<void> | undefined;
  #again: NodeJS.Timeout | undefined;

  private constructor(rows: LearnedRows, now: () => number) {
    this.#rows = rows;
    this.#sweeper = setInterval(() => {
      rows.removeExpired(now()).catch(() => undefined);
    }, sweepEveryMs).unref();
  }

  /** What the store knows goes into the memory that gate threads share. */
  static async open(
    rows: LearnedRows,
    shared: SharedLearned,
    now: () => number,
  ): Promise<KeptLearned> {
    const memory = new SharedLearnedState(shared, () => Math.floor(now() / 1000));
    for (const { name, ...entry } of await rows.all(now(), mostLearned)) memory.put(name, entry);
    return new KeptLearned(rows, now);
  }

  /** @param entry undefined: it is forgotten */
  note(name: string, entry: LearnedEntry | undefined): void {
    if (this.#waiting.size >= mostLearned && !this.#waiting.has(name)) return;
    this.#waiting.set(name, entry);
    this.#write();
  }

  async close(): Promise<void> {
    clearInterval(this.#sweeper);
    clearTimeout(this.#again);
    await this.#writing;
  }

  #write(): void {
    this.#writing ??= this.#writeWaiting().finally(() => {
      this.#writing = undefined;
    });
  }

  async #writeWaiting(): Promise<void> {
    // What comes while a row of the same name is written is written behind it.
    for (let next = first(this.#waiting); next !== undefined; next = first(this.#waiting)) {
      const [name, entry] = next;
      try {
        if (entry === undefined) await this.#rows.remove(name);
        else await this.#rows.put(name, entry);
      } catch {
        // The store says itself that it is lost.
        clearTimeout(this.#again);
        this.#again = setTimeout(() => this.#write(), againAfterMs).unref();
        return;
      }
      if (this.#waiting.get(name) === entry) this.#waiting.delete(name);
    }
  }
}

const first = <K, V>(map: ReadonlyMap<K, V>): readonly [K, V] | undefined =>
  map.entries().next().value;
