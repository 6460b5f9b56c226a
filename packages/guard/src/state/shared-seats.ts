import { hashKey } from "./key-hash.ts";
import type { Seat, SeatState } from "./seats.ts";
import { lockSet } from "./set-lock.ts";
import { steadyMs } from "./steady-clock.ts";

const ways = 16;
/** Two words of the key, the thread, and how many it holds. */
const wordsPerSlot = 4;

/** Memory in which all threads of a process count seats; plain data, so that it travels. */
export interface SharedSeatTable {
  readonly memory: SharedArrayBuffer;
  readonly sets: number;
  readonly seeds: readonly [number, number];
}

/** @param keys how many may hold seats at the same time, each thread's by itself: 24 bytes each */
export function allocateSharedSeats(
  keys: number,
  seeds: readonly [number, number],
): SharedSeatTable {
  const sets = 2 ** Math.ceil(Math.log2(Math.max(keys, ways) / ways));
  const slots = sets * ways;
  return { memory: new SharedArrayBuffer(slots * (8 + wordsPerSlot * 4) + sets * 4), sets, seeds };
}

/**
 * A thread that ends takes its connections with it, and cannot say so: what it held is free when it
 * was not renewed for this long.
 */
const leaseMs = 20_000;
const renewEveryMs = 5000;

/**
 * Seats that all threads of a process count together. Each thread has a slot of its own under a
 * key; what a caller holds is the sum of the slots whose lease runs. A set that is full of others
 * gives no seat: what cannot be counted must not be held.
 */
export class SharedSeats implements SeatState {
  readonly #leases: Float64Array;
  readonly #words: Int32Array;
  readonly #locks: Int32Array;
  readonly #table: SharedSeatTable;
  readonly #thread: number;
  readonly #now: () => number;
  readonly #hash = new Uint32Array(2);
  /** What this thread holds, by key. */
  readonly #held = new Map<string, number>();
  #renewing: NodeJS.Timeout | undefined;

  /** @param thread no other thread of the process has this number */
  constructor(table: SharedSeatTable, thread: number, now: () => number = steadyMs) {
    const slots = table.sets * ways;
    this.#leases = new Float64Array(table.memory, 0, slots);
    this.#words = new Int32Array(table.memory, slots * 8, slots * wordsPerSlot);
    this.#locks = new Int32Array(
      table.memory,
      slots * (8 + wordsPerSlot * Int32Array.BYTES_PER_ELEMENT),
      table.sets,
    );
    this.#table = table;
    this.#thread = thread;
    this.#now = now;
  }

  take(key: string, most: number): Seat | undefined {
    const held = this.#held.get(key) ?? 0;
    if (!this.#write(key, held + 1, most)) return undefined;
    this.#held.set(key, held + 1);
    this.#renewing ??= setInterval(() => this.renew(), renewEveryMs).unref();
    return { leave: () => this.#leave(key) };
  }

  /** Says that this thread still holds what it held. */
  renew(): void {
    for (const [key, held] of this.#held) this.#write(key, held, Number.POSITIVE_INFINITY);
  }

  #leave(key: string): void {
    const held = (this.#held.get(key) ?? 1) - 1;
    if (held === 0) this.#held.delete(key);
    else this.#held.set(key, held);
    this.#write(key, held, Number.POSITIVE_INFINITY);
    if (this.#held.size > 0) return;
    clearInterval(this.#renewing);
    this.#renewing = undefined;
  }

  /** Writes how many this thread holds; false where all threads together would hold too many. */
  #write(key: string, count: number, most: number): boolean {
    const [seedA, seedB] = this.#table.seeds;
    hashKey(key, seedA, seedB, this.#hash);
    const [first = 0, second = 0] = this.#hash;
    const set = first & (this.#table.sets - 1);
    lockSet(this.#locks, set);
    try {
      return this.#writeSlot(set * ways, first | 0, second | 0, count, most);
    } finally {
      Atomics.store(this.#locks, set, 0);
    }
  }

  #writeSlot(from: number, first: number, second: number, count: number, most: number): boolean {
    const words = this.#words;
    const now = this.#now();
    let own = -1;
    let free = -1;
    let others = 0;
    for (let slot = from; slot < from + ways; slot += 1) {
      const at = slot * wordsPerSlot;
      const held = words[at + 3] as number;
      const runs = held > 0 && (this.#leases[slot] as number) > now;
      const isOwn = words[at + 2] === this.#thread;
      const isKey = words[at] === first && words[at + 1] === second;
      if (isKey && isOwn) own = slot;
      else if (!runs) free = slot;
      else if (isKey) others += held;
    }
    if (others + count > most) return false;
    const slot = own === -1 ? free : own;
    if (slot === -1) return false;
    words.set([first, second, this.#thread, count], slot * wordsPerSlot);
    this.#leases[slot] = now + leaseMs;
    return true;
  }
}
