import { chooseRoom } from "./bucket-room.ts";
import { hashKey } from "./key-hash.ts";
import { lockSet } from "./set-lock.ts";
import type { Bucket, LimitState, Taken } from "./state.ts";
import { steadyMs } from "./steady-clock.ts";

const ways = 8;
const bytesPerSlot = 20;

/** Memory that every gate thread of a process shares; plain data, so that it travels to them. */
export interface SharedBuckets {
  readonly memory: SharedArrayBuffer;
  readonly sets: number;
  readonly seeds: readonly [number, number];
}

/** @param keys how many may be counted at the same time: fixed memory, 20.5 bytes each */
export function allocateSharedBuckets(
  keys: number,
  seeds: readonly [number, number],
): SharedBuckets {
  const sets = 2 ** Math.ceil(Math.log2(Math.max(keys, ways) / ways));
  return {
    memory: new SharedArrayBuffer(sets * ways * bytesPerSlot + (sets + 1) * 4),
    sets,
    seeds,
  };
}

/** How many buckets made room before they were full again: what was taken of them was forgotten. */
export const evictedEarly = ({ memory, sets }: SharedBuckets): number =>
  Atomics.load(new Uint32Array(memory, sets * (ways * bytesPerSlot + 4), 1), 0);

/**
 * Token buckets as theoretical arrival times (GCRA) in a table of eight-way sets. A set is locked
 * while it is read and written, so that the count is exact across threads. Who makes room in a full
 * set is chosen in `bucket-room.ts`.
 */
export class SharedMemoryState implements LimitState {
  readonly #times: Float64Array;
  readonly #names: Uint32Array;
  /** How long each takes to be full again after all was taken. */
  readonly #wholes: Float32Array;
  readonly #locks: Int32Array;
  readonly #evicted: Uint32Array;
  readonly #mask: number;
  readonly #seedA: number;
  readonly #seedB: number;
  readonly #hash = new Uint32Array(2);
  readonly #now: () => number;
  /** What the last take left, or how long it must wait (negative). */
  #outcome = 0;

  constructor({ memory, seeds, sets }: SharedBuckets, now: () => number = steadyMs) {
    const slots = sets * ways;
    this.#times = new Float64Array(memory, 0, slots);
    this.#names = new Uint32Array(memory, slots * 8, slots * 2);
    this.#wholes = new Float32Array(memory, slots * 16, slots);
    this.#locks = new Int32Array(memory, slots * bytesPerSlot, sets);
    this.#evicted = new Uint32Array(memory, slots * bytesPerSlot + sets * 4, 1);
    this.#mask = sets - 1;
    [this.#seedA, this.#seedB] = seeds;
    this.#now = now;
  }

  takeAll(buckets: readonly Bucket[]): Taken {
    const now = this.#now();
    const remaining: number[] = [];
    for (let index = 0; index < buckets.length; index += 1) {
      const bucket = buckets[index] as Bucket;
      if (this.#take(bucket, now, bucket.intervalMs)) {
        remaining.push(this.#outcome);
        continue;
      }
      const waitMs = this.#outcome;
      for (let back = 0; back < index; back += 1)
        this.#take(buckets[back] as Bucket, now, -(buckets[back] as Bucket).intervalMs);
      return { refusedBy: index, waitMs, remaining };
    }
    return { refusedBy: -1, waitMs: 0, remaining };
  }

  close(): Promise<void> {
    return Promise.resolve();
  }

  /** A negative `increment` gives back what was taken. */
  #take({ burst, intervalMs, key }: Bucket, now: number, increment: number): boolean {
    hashKey(key, this.#seedA, this.#seedB, this.#hash);
    const [first = 0, second = 0] = this.#hash;
    const set = first & this.#mask;
    lockSet(this.#locks, set);
    try {
      const whole = burst * intervalMs;
      const slot = this.#slot(set, first, second) ?? this.#begin(set, whole, now);
      let time = this.#times[slot] as number;
      if (time < now) time = now;
      // A time further ahead than the bucket is deep can only come from a policy that was changed:
      // it must not outlive it.
      else if (time > now + whole) time = now + whole;
      const next = time + increment;
      if (increment > 0 && next - now > whole + 1e-6) {
        this.#times[slot] = time;
        this.#outcome = next - now - whole;
        return false;
      }
      this.#times[slot] = next;
      this.#outcome = Math.floor((whole - (next - now)) / intervalMs + 1e-6);
      return true;
    } finally {
      Atomics.store(this.#locks, set, 0);
    }
  }

  #slot(set: number, first: number, second: number): number | undefined {
    for (let slot = set * ways; slot < (set + 1) * ways; slot += 1)
      if (this.#names[slot * 2] === first && this.#names[slot * 2 + 1] === second) return slot;
    return undefined;
  }

  /** A place for the key that was hashed last. */
  #begin(set: number, whole: number, now: number): number {
    const slot = chooseRoom(this.#times, this.#wholes, { from: set * ways, ways }, whole, now);
    if ((this.#times[slot] as number) > now) Atomics.add(this.#evicted, 0, 1);
    this.#names.set(this.#hash, slot * 2);
    this.#times[slot] = now;
    this.#wholes[slot] = whole;
    return slot;
  }
}
