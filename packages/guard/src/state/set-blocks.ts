import { lockSet } from "./set-lock.ts";

/** How many buckets a set holds. */
export const ways = 8;

/** Where a room lies in the memory that its process shares. */
export interface RoomPlace {
  /** Where it begins; a multiple of 64. */
  readonly from: number;
  readonly sets: number;
}

/**
 * The sets of one room. Each is one block of memory, so that a bucket costs few lines of the
 * processor's cache: the names of its buckets first, then what the room counts, and at its end the
 * lock and how many buckets made room before their time.
 */
export class SetBlocks {
  readonly words: Int32Array;
  readonly doubles: Float64Array;
  readonly floats: Float32Array;
  readonly #sets: number;
  readonly #wordsEach: number;

  /** @param bytesEach how long a block is; a multiple of 64 */
  constructor(memory: SharedArrayBuffer, { from, sets }: RoomPlace, bytesEach: number) {
    const bytes = sets * bytesEach;
    this.words = new Int32Array(memory, from, bytes / 4);
    this.floats = new Float32Array(memory, from, bytes / 4);
    this.doubles = new Float64Array(memory, from, bytes / 8);
    this.#sets = sets;
    this.#wordsEach = bytesEach / 4;
  }

  /** How many buckets have a place. */
  get places(): number {
    return this.#sets * ways;
  }

  /** Locks the set of a name, and says where its words begin. */
  lock(first: number): number {
    const base = (first & (this.#sets - 1)) * this.#wordsEach;
    lockSet(this.words, base + this.#wordsEach - 1);
    return base;
  }

  unlock(base: number): void {
    Atomics.store(this.words, base + this.#wordsEach - 1, 0);
  }

  /** Which of the set's buckets has this name; -1 where none has. */
  find(base: number, first: number, second: number): number {
    const { words } = this;
    for (let way = 0; way < ways; way += 1)
      if (words[base + way * 2] === first && words[base + way * 2 + 1] === second) return way;
    return -1;
  }

  name(base: number, way: number, first: number, second: number): void {
    this.words[base + way * 2] = first;
    this.words[base + way * 2 + 1] = second;
  }

  /** A bucket of the set has made room for another before its time. */
  countEviction(base: number): void {
    this.words[base + this.#wordsEach - 2] = (this.words[base + this.#wordsEach - 2] as number) + 1;
  }

  get evictions(): number {
    let sum = 0;
    for (let set = 0; set < this.#sets; set += 1)
      sum += Atomics.load(this.words, (set + 1) * this.#wordsEach - 2) >>> 0;
    return sum;
  }
}
