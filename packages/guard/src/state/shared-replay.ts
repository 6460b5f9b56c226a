import { hashKey } from "./key-hash.ts";
import { lockSet } from "./set-lock.ts";
import { steadyMs } from "./steady-clock.ts";
import type { Once, ReplayState } from "./replay.ts";

const ways = 16;
const wordsPerSlot = 4;
/**
 * How many sets an owner's names fall into, twice: its share is at most 2 x 64 x 16 names at a
 * time.
 */
const setsPerOwner = 64;
const none = -1;
const found = -2;

/** Memory that every gate thread of a process shares; plain data, so that it travels to them. */
export interface SharedReplay {
  readonly memory: SharedArrayBuffer;
  readonly sets: number;
  readonly seeds: readonly [number, number, number, number];
}

/** @param names how many may be remembered at the same time: fixed memory, 16.25 bytes each */
export function allocateSharedReplay(names: number, seeds: SharedReplay["seeds"]): SharedReplay {
  const sets = 2 ** Math.ceil(Math.log2(Math.max(names, ways) / ways));
  return { memory: new SharedArrayBuffer(sets * ways * wordsPerSlot * 4 + sets * 4), sets, seeds };
}

/**
 * The wall clock may be set back, and what was spent would be fresh again: only a clock that goes
 * forward can forget.
 */
const steadySeconds = (): number => Math.floor(steadyMs() / 1000);

/**
 * Names remembered as 96 bits of a keyed hash in a table of sixteen-way sets, exact across threads.
 * An owner's names fall into few of the sets, in two places: one that floods the table takes its
 * own share, not everybody's, and who meets it in one place has the other. Full sets forget nothing
 * that is still alive; they say so instead.
 */
export class SharedReplayState implements ReplayState {
  readonly #words: Uint32Array;
  readonly #locks: Int32Array;
  readonly #mask: number;
  readonly #seeds: SharedReplay["seeds"];
  readonly #owner = new Uint32Array(2);
  readonly #first = new Uint32Array(2);
  readonly #second = new Uint32Array(2);
  readonly #now: () => number;

  constructor({ memory, seeds, sets }: SharedReplay, now: () => number = steadySeconds) {
    this.#words = new Uint32Array(memory, 0, sets * ways * wordsPerSlot);
    this.#locks = new Int32Array(memory, sets * ways * wordsPerSlot * 4, sets);
    this.#mask = sets - 1;
    this.#seeds = seeds;
    this.#now = now;
  }

  useOnce(owner: string, name: string, lifeSeconds: number): Once {
    const [a, b, c, d] = this.#seeds;
    hashKey(owner, a, b, this.#owner);
    const [here = 0, there = 0] = this.#owner;
    hashKey(name, a ^ here, b, this.#first);
    hashKey(name, c, d ^ there, this.#second);
    const which = (this.#second[1] as number) % setsPerOwner;
    const [near, far] = [(here + which) & this.#mask, (there + which) & this.#mask];
    const now = this.#now();
    // Both at once, and always in one order: a name that went to the second set while the first was
    // full must be found when it no longer is.
    lockSet(this.#locks, Math.min(near, far));
    if (near !== far) lockSet(this.#locks, Math.max(near, far));
    try {
      const first = this.#look(near, now);
      if (first === found) return "again";
      const second = near === far ? none : this.#look(far, now);
      if (second === found) return "again";
      const slot = first === none ? second : first;
      if (slot === none) return "full";
      this.#words[slot] = this.#first[0] as number;
      this.#words[slot + 1] = this.#first[1] as number;
      this.#words[slot + 2] = this.#second[0] as number;
      this.#words[slot + 3] = now + Math.ceil(lifeSeconds);
      return "first";
    } finally {
      Atomics.store(this.#locks, near, 0);
      if (near !== far) Atomics.store(this.#locks, far, 0);
    }
  }

  /** Where the name is, or a free place for it. */
  #look(set: number, now: number): number {
    let free = none;
    for (let slot = set * ways; slot < (set + 1) * ways; slot += 1) {
      const at = slot * wordsPerSlot;
      if ((this.#words[at + 3] as number) < now) {
        if (free === none) free = at;
      } else if (
        this.#words[at] === this.#first[0] &&
        this.#words[at + 1] === this.#first[1] &&
        this.#words[at + 2] === this.#second[0]
      )
        return found;
    }
    return free;
  }
}
