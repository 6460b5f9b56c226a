import { hashKey } from "./key-hash.ts";
import { lockSet } from "./set-lock.ts";
import { steadyMs } from "./steady-clock.ts";

const ways = 16;
const hourMs = 3_600_000;

/** Memory that every gate thread of a process shares; plain data, so that it travels to them. */
export interface SharedStages {
  readonly memory: SharedArrayBuffer;
  readonly sets: number;
  readonly seeds: readonly [number, number];
}

/** @param names how many may be remembered: fixed memory, 8.25 bytes each */
export function allocateSharedStages(names: number, seeds: SharedStages["seeds"]): SharedStages {
  const sets = 2 ** Math.ceil(Math.log2(Math.max(names, ways) / ways));
  return { memory: new SharedArrayBuffer(sets * ways * 8 + sets * 4), sets, seeds };
}

/**
 * Names as 48 bits of a keyed hash with the hour they were last kept. When a set is full, the one
 * that was kept the longest ago makes room. A name that was never kept is taken for one that was in
 * less than one of 10^13 cases.
 */
export class SharedStageMemory {
  readonly #words: Uint32Array;
  readonly #locks: Int32Array;
  readonly #mask: number;
  readonly #seeds: SharedStages["seeds"];
  readonly #now: () => number;
  readonly #hash = new Uint32Array(2);

  constructor({ memory, seeds, sets }: SharedStages, now: () => number = steadyMs) {
    this.#words = new Uint32Array(memory, 0, sets * ways * 2);
    this.#locks = new Int32Array(memory, sets * ways * 8, sets);
    this.#mask = sets - 1;
    this.#seeds = seeds;
    this.#now = now;
  }

  keep(name: string): void {
    const hour = Math.floor(this.#now() / hourMs) & 0xffff;
    this.#at(name, (set, first, second) => {
      const slot = this.#find(set, first, second) ?? this.#room(set, hour);
      this.#words[slot] = first;
      this.#words[slot + 1] = ((second << 16) | hour) >>> 0;
    });
  }

  has(name: string): boolean {
    return this.#at(name, (set, first, second) => this.#find(set, first, second) !== undefined);
  }

  #at<T>(name: string, work: (set: number, first: number, second: number) => T): T {
    const [a, b] = this.#seeds;
    hashKey(name, a, b, this.#hash);
    const [first = 0, rest = 0] = this.#hash;
    const set = (rest >>> 16) & this.#mask;
    lockSet(this.#locks, set);
    try {
      // Zero is an empty place.
      return work(set, first === 0 ? 1 : first, rest & 0xffff);
    } finally {
      Atomics.store(this.#locks, set, 0);
    }
  }

  /** Where its first word stands. */
  #find(set: number, first: number, second: number): number | undefined {
    for (let slot = set * ways * 2; slot < (set + 1) * ways * 2; slot += 2)
      if (this.#words[slot] === first && (this.#words[slot + 1] as number) >>> 16 === second)
        return slot;
    return undefined;
  }

  /** A free place, or that of the oldest. */
  #room(set: number, hour: number): number {
    let [oldest, age] = [set * ways * 2, -1];
    for (let slot = set * ways * 2; slot < (set + 1) * ways * 2; slot += 2) {
      if (this.#words[slot] === 0) return slot;
      const since = (hour - ((this.#words[slot + 1] as number) & 0xffff)) & 0xffff;
      if (since > age) [oldest, age] = [slot, since];
    }
    return oldest;
  }
}
