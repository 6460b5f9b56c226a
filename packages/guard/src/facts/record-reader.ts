import { RecordRow } from "./record-row.ts";
import {
  counter,
  RecordMemory,
  rowKinds,
  rowWords,
  type SharedRecords,
  word,
} from "./record-rows.ts";

/** Reads what one thread has left, in its order, each record once. */
export class RecordReader {
  readonly #memory: RecordMemory;
  readonly #mask: number;
  readonly #names: string[] = [];
  readonly #row: RecordRow;
  #read = 0;

  constructor(shared: SharedRecords) {
    this.#memory = new RecordMemory(shared);
    this.#mask = shared.rows - 1;
    this.#row = new RecordRow(this.#memory, this.#names);
  }

  /**
   * Hands over every record that stands there. The row is the same object for each: who keeps
   * something of it takes a copy.
   *
   * @returns how many there were
   */
  read(take: (row: RecordRow) => void): number {
    const { counters, words } = this.#memory;
    const written = Atomics.load(counters, counter.rowsWritten);
    let count = 0;
    for (; this.#read !== written; this.#read = (this.#read + 1) | 0) {
      const at = (this.#read & this.#mask) * rowWords;
      if (words[at + word.kind] === rowKinds.name) this.#learn(at);
      else {
        count += 1;
        take(this.#row.at(at));
      }
      Atomics.store(counters, counter.textRead, words[at + word.textEnd] as number);
      Atomics.store(counters, counter.rowsRead, (this.#read + 1) | 0);
    }
    return count;
  }

  #learn(at: number): void {
    const { textBytes, texts, words } = this.#memory;
    const start = (words[at + word.textAt] as number) & (textBytes - 1);
    this.#names[words[at + word.operation] as number] = texts.toString(
      "utf8",
      start,
      start + (words[at + word.restBytes] as number),
    );
  }
}
