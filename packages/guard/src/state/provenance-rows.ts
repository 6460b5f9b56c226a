import { headWords, ways } from "./provenance-size.ts";

const none = -1;
const empty = 0;

/** An id as 40 bits of a keyed hash; `first` is never zero. */
export interface Fingerprint {
  readonly first: number;
  /** Eight bits. */
  readonly second: number;
}

/** A caller as 64 bits of a keyed hash. */
export interface CallerHash {
  readonly here: number;
  readonly there: number;
}

/** What had to make room; ages in hours. */
export interface RowEvents {
  onNewCaller(): void;
  onCallerForgotten(ids: number, age: number): void;
  /** An id that its row has no more room for. */
  onOlder(id: Fingerprint): void;
  /** Bytes that were written, from the beginning of the rows. */
  onWritten(part: "heads" | "ids", row: number): void;
}

/**
 * A row for each caller, with its newest ids in their order: what one is shown never takes the
 * place of another's. Callers have a row in one of two sets; where both are full, the caller who was
 * not seen for the longest time makes room. The sets must be locked by whoever calls.
 */
export class ProvenanceRows {
  readonly #heads: Uint32Array;
  readonly #ids: Uint32Array;
  readonly #bytes: Uint8Array;
  readonly #rowWords: number;
  readonly #idsEach: number;
  readonly #events: RowEvents;

  constructor(
    heads: Uint32Array,
    ids: Uint32Array,
    { idsEach, rowWords }: { readonly idsEach: number; readonly rowWords: number },
    events: RowEvents,
  ) {
    this.#heads = heads;
    this.#ids = ids;
    this.#bytes = new Uint8Array(ids.buffer, ids.byteOffset, ids.byteLength);
    this.#rowWords = rowWords;
    this.#idsEach = idsEach;
    this.#events = events;
  }

  /** The caller's row in one of these sets, or -1. */
  find(near: number, far: number, caller: CallerHash): number {
    const row = this.#findIn(near, caller);
    return row !== none || near === far ? row : this.#findIn(far, caller);
  }

  /** Whether the row has the id; who asks for it has been seen. */
  has(row: number, { first, second }: Fingerprint, hour: number): boolean {
    this.#seen(row, hour);
    return this.#indexOf(row, first, second) !== none;
  }

  /** The caller's row, made where there is none. */
  take(near: number, far: number, caller: CallerHash, hour: number): number {
    const row = this.find(near, far, caller);
    return row === none ? this.#begin(near, far, caller, hour) : row;
  }

  /** The id becomes the newest of the row. */
  keep(row: number, { first, second }: Fingerprint, hour: number): void {
    const from = row * this.#rowWords;
    const bytesFrom = (from + this.#idsEach) * 4;
    let count = this.countOf(row);
    let at = this.#indexOf(row, first, second);
    if (at === none) {
      if (count < this.#idsEach) count += 1;
      else this.#events.onOlder(this.at(row, count - 1));
      at = count - 1;
    }
    this.#ids.copyWithin(from + 1, from, from + at);
    this.#bytes.copyWithin(bytesFrom + 1, bytesFrom, bytesFrom + at);
    this.#ids[from] = first;
    this.#bytes[bytesFrom] = second;
    this.#heads[row * headWords + 2] = ((hour << 16) | count) >>> 0;
    this.#events.onWritten("heads", row);
    this.#events.onWritten("ids", row);
  }

  countOf(row: number): number {
    return (this.#heads[row * headWords + 2] as number) & 0xffff;
  }

  /** An id of a row, the newest first. */
  at(row: number, index: number): Fingerprint {
    const from = row * this.#rowWords;
    return {
      first: this.#ids[from + index] as number,
      second: this.#bytes[(from + this.#idsEach) * 4 + index] as number,
    };
  }

  #findIn(set: number, { here, there }: CallerHash): number {
    for (let row = set * ways; row < (set + 1) * ways; row += 1)
      if (this.#heads[row * headWords] === here && this.#heads[row * headWords + 1] === there)
        return row;
    return none;
  }

  #indexOf(row: number, first: number, second: number): number {
    const from = row * this.#rowWords;
    const bytesFrom = (from + this.#idsEach) * 4;
    const count = this.countOf(row);
    for (let index = 0; index < count; index += 1)
      if (this.#ids[from + index] === first && this.#bytes[bytesFrom + index] === second)
        return index;
    return none;
  }

  #seen(row: number, hour: number): void {
    const at = row * headWords + 2;
    const kept = this.#heads[at] as number;
    if (kept >>> 16 === hour) return;
    this.#heads[at] = ((hour << 16) | (kept & 0xffff)) >>> 0;
    this.#events.onWritten("heads", row);
  }

  /** A row for a caller who has none: in the emptier set, or in place of who was away longest. */
  #begin(near: number, far: number, { here, there }: CallerHash, hour: number): number {
    const set = this.#taken(near) <= this.#taken(far) ? near : far;
    let row = this.#freeIn(set);
    if (row === none) {
      row = this.#longestAway(near, far, hour);
      this.#events.onCallerForgotten(this.countOf(row), this.#ageOf(row, hour));
    } else this.#events.onNewCaller();
    this.#heads[row * headWords] = here;
    this.#heads[row * headWords + 1] = there;
    this.#heads[row * headWords + 2] = (hour << 16) >>> 0;
    return row;
  }

  #taken(set: number): number {
    let taken = 0;
    for (let row = set * ways; row < (set + 1) * ways; row += 1)
      if (this.#heads[row * headWords] !== empty) taken += 1;
    return taken;
  }

  #freeIn(set: number): number {
    for (let row = set * ways; row < (set + 1) * ways; row += 1)
      if (this.#heads[row * headWords] === empty) return row;
    return none;
  }

  #longestAway(near: number, far: number, hour: number): number {
    let longest = near * ways;
    for (const set of [near, far])
      for (let row = set * ways; row < (set + 1) * ways; row += 1)
        if (this.#ageOf(row, hour) > this.#ageOf(longest, hour)) longest = row;
    return longest;
  }

  #ageOf(row: number, hour: number): number {
    return (hour - ((this.#heads[row * headWords + 2] as number) >>> 16)) & 0xffff;
  }
}
