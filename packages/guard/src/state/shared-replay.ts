import { hashKey } from "./key-hash.ts";
import type { Once, ReplayState } from "./replay.ts";

const ways = 16;
const wordsPerSlot = 4;
/** How many sets an owner's names fall into: its share is at most 64 x 16 names at a time. */
const setsPerOwner = 64;
const spins = 200;
const mostSleepsOfOneMs = 250;

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

/** The wall clock may be set back, and what was spent would be fresh again: only a clock that goes forward can forget. */
const clockOffset = Number(process.hrtime.bigint() / 1_000_000n) - performance.now();
const monotonicSeconds = (): number => Math.floor((performance.now() + clockOffset) / 1000);

/**
 * Names remembered as 96 bits of a keyed hash in a table of sixteen-way sets, exact across threads. An owner's names fall
 * into few of the sets: one that floods the table takes its own share, not everybody's. A full set forgets nothing that is
 * still alive; it says so instead.
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

  constructor({ memory, seeds, sets }: SharedReplay, now: () => number = monotonicSeconds) {
    this.#words = new Uint32Array(memory, 0, sets * ways * wordsPerSlot);
    this.#locks = new Int32Array(memory, sets * ways * wordsPerSlot * 4, sets);
    this.#mask = sets - 1;
    this.#seeds = seeds;
    this.#now = now;
  }

  useOnce(owner: string, name: string, lifeSeconds: number): Once {
    const [a, b, c, d] = this.#seeds;
    hashKey(owner, a, b, this.#owner);
    const ownerHash = this.#owner[0] as number;
    hashKey(name, a ^ ownerHash, b, this.#first);
    hashKey(name, c, d ^ (this.#owner[1] as number), this.#second);
    const [one = 0, two = 0] = this.#first;
    const [three = 0, which = 0] = this.#second;
    const set = (ownerHash + (which % setsPerOwner)) & this.#mask;
    const now = this.#now();
    this.#lock(set);
    try {
      let free = -1;
      for (let slot = set * ways; slot < (set + 1) * ways; slot += 1) {
        const at = slot * wordsPerSlot;
        const alive = (this.#words[at + 3] as number) >= now;
        if (!alive) {
          if (free === -1) free = at;
        } else if (this.#words[at] === one && this.#words[at + 1] === two && this.#words[at + 2] === three) return "again";
      }
      if (free === -1) return "full";
      this.#words[free] = one;
      this.#words[free + 1] = two;
      this.#words[free + 2] = three;
      this.#words[free + 3] = now + Math.ceil(lifeSeconds);
      return "first";
    } finally {
      Atomics.store(this.#locks, set, 0);
    }
  }

  #lock(set: number): void {
    for (let tries = 0; tries < spins; tries += 1) if (Atomics.compareExchange(this.#locks, set, 0, 1) === 0) return;
    for (let sleeps = 0; sleeps < mostSleepsOfOneMs; sleeps += 1) {
      Atomics.wait(this.#locks, set, 1, 1);
      if (Atomics.compareExchange(this.#locks, set, 0, 1) === 0) return;
    }
  }
}
