import { hashKey } from "./key-hash.ts";
import type { ProvenanceState } from "./provenance.ts";
import { lockSet } from "./set-lock.ts";

const ways = 16;
/** A caller's ids fall into two times so many sets: at most 2,048 of them are remembered. */
const setsPerCaller = 64;
const hourMs = 3_600_000;
const none = -1;

export interface SharedProvenance {
  readonly memory: SharedArrayBuffer;
  readonly sets: number;
  readonly seeds: readonly [number, number, number, number];
}

/**
 * @param ids how many may be remembered at the same time, of all callers: fixed memory, 8.25 bytes
 * each
 */
export function allocateSharedProvenance(
  ids: number,
  seeds: SharedProvenance["seeds"],
): SharedProvenance {
  const sets = ids === 0 ? 0 : 2 ** Math.ceil(Math.log2(Math.max(ids, ways) / ways));
  return { memory: new SharedArrayBuffer(sets * ways * 8 + sets * 4), sets, seeds };
}

/**
 * Ids as 40 bits of a keyed hash with the hour they were last shown, in memory that all gate
 * threads share. An id that was never shown is taken for one that was in less than one of 10^10
 * cases. When the sets of a caller are full, its own oldest id makes room before anybody else's:
 * who asks for much forgets their own, and one caller cannot make another's history go.
 */
export class SharedProvenanceState implements ProvenanceState {
  readonly #words: Uint32Array;
  readonly #locks: Int32Array;
  readonly #mask: number;
  readonly #seeds: SharedProvenance["seeds"];
  readonly #now: () => number;
  readonly #owner = new Uint32Array(2);
  readonly #name = new Uint32Array(2);

  constructor({ memory, seeds, sets }: SharedProvenance, now: () => number = Date.now) {
    this.#words = new Uint32Array(memory, 0, sets * ways * 2);
    this.#locks = new Int32Array(memory, sets * ways * 8, sets);
    this.#mask = sets - 1;
    this.#seeds = seeds;
    this.#now = now;
  }

  note(caller: string, names: readonly string[]): void {
    const hour = this.#hour();
    for (const name of names)
      this.#at(caller, name, (near, far, owner, first, second) =>
        this.#keep(near, far, owner, first, second, hour),
      );
  }

  knows(caller: string, names: readonly string[]): boolean {
    return names.every((name) =>
      this.#at(
        caller,
        name,
        (near, far, _owner, first, second) =>
          this.#find(near, first, second) !== none || this.#find(far, first, second) !== none,
      ),
    );
  }

  #hour(): number {
    return Math.floor(this.#now() / hourMs) & 0xffff;
  }

  #at<T>(
    caller: string,
    name: string,
    work: (near: number, far: number, owner: number, first: number, second: number) => T,
  ): T {
    const [a, b, c, d] = this.#seeds;
    hashKey(caller, a, b, this.#owner);
    const [here = 0, there = 0] = this.#owner;
    hashKey(name, c ^ here, d ^ there, this.#name);
    const [first = 0, second = 0] = this.#name;
    const which = (second >>> 8) % setsPerCaller;
    const [near, far] = [(here + which) & this.#mask, (there + which) & this.#mask];
    lockSet(this.#locks, Math.min(near, far));
    if (near !== far) lockSet(this.#locks, Math.max(near, far));
    try {
      // Zero is an empty place.
      return work(near, far, (here >>> 24) | 1, first === 0 ? 1 : first, second & 0xff);
    } finally {
      Atomics.store(this.#locks, near, 0);
      if (near !== far) Atomics.store(this.#locks, far, 0);
    }
  }

  #find(set: number, first: number, second: number): number {
    for (let slot = set * ways; slot < (set + 1) * ways; slot += 1)
      if (
        this.#words[slot * 2] === first &&
        (((this.#words[slot * 2 + 1] as number) >>> 16) & 0xff) === second
      )
        return slot;
    return none;
  }

  #keep(
    near: number,
    far: number,
    owner: number,
    first: number,
    second: number,
    hour: number,
  ): void {
    let slot = this.#find(near, first, second);
    if (slot === none) slot = this.#find(far, first, second);
    if (slot === none) slot = this.#room(near, far, owner, hour);
    this.#words[slot * 2] = first;
    this.#words[slot * 2 + 1] = ((owner << 24) | (second << 16) | hour) >>> 0;
  }

  /** A free place; else the oldest of the caller's own; else the oldest. */
  #room(near: number, far: number, owner: number, hour: number): number {
    let [own, ownAge, any, anyAge] = [none, -1, near * ways, -1];
    for (const set of near === far ? [near] : [near, far]) {
      for (let slot = set * ways; slot < (set + 1) * ways; slot += 1) {
        if (this.#words[slot * 2] === 0) return slot;
        const kept = this.#words[slot * 2 + 1] as number;
        const age = (hour - (kept & 0xffff)) & 0xffff;
        if (kept >>> 24 === owner && age > ownAge) [own, ownAge] = [slot, age];
        if (age > anyAge) [any, anyAge] = [slot, age];
      }
    }
    return own === none ? any : own;
  }
}
