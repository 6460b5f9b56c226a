import type { LearnedEntry, LearnedState } from "./learned.ts";
import { lockSet } from "./set-lock.ts";

const ways = 8;
const usualSets = 4096;
const slotBytes = 1024;
const nameBytes = 32;
const ownerBytes = 16;
/** The name, the owner, and three numbers: the end, the beginning, the length. */
const headBytes = nameBytes + ownerBytes + 12;
const placeOf = { end: 48, begin: 52, length: 56 } as const;

/** How much of a caller is kept: names, roles and claims of the policy. */
export const mostLearnedBytes = slotBytes - headBytes;
/** How many credentials are kept at the same time. */
export const mostLearned = ways * usualSets;

/** Plain data, so that it travels to the threads. */
export interface SharedLearned {
  readonly slots: SharedArrayBuffer;
  readonly locks: SharedArrayBuffer;
}

/** The machine gives pages of it when they are written to. */
export const allocateSharedLearned = (setCount = usualSets): SharedLearned => ({
  slots: new SharedArrayBuffer(setCount * ways * slotBytes),
  locks: new SharedArrayBuffer(setCount * 4),
});

/** Is told of what is kept and what is forgotten, to keep it where it outlives the process. */
export type OnLearned = (name: string, entry: LearnedEntry | undefined) => void;

/**
 * Who has signed in with which credential, in memory that all gate threads share: what one thread
 * has learned, every other knows before the answer has left. A set that is full gives up what has
 * ended, and then what was learned first.
 */
export class SharedLearnedState implements LearnedState {
  readonly trustMs = Infinity;
  readonly nowSeconds: () => number;
  readonly #bytes: Buffer;
  readonly #locks: Int32Array;
  readonly #onLearned: OnLearned | undefined;

  constructor({ locks, slots }: SharedLearned, nowSeconds: () => number, onLearned?: OnLearned) {
    this.#bytes = Buffer.from(slots);
    this.#locks = new Int32Array(locks);
    this.nowSeconds = nowSeconds;
    this.#onLearned = onLearned;
  }

  get(name: string): LearnedEntry | undefined {
    return this.#within(name, (key, from) => {
      const at = this.#find(key, from);
      return at === undefined || this.#number(at, "end") <= this.nowSeconds()
        ? undefined
        : this.#entryAt(at);
    });
  }

  /** Whether it was learned within so many seconds. */
  isYoung(name: string, seconds: number): boolean {
    return this.#within(name, (key, from) => {
      const at = this.#find(key, from);
      return at !== undefined && this.nowSeconds() - this.#number(at, "begin") <= seconds;
    });
  }

  put(name: string, entry: LearnedEntry): boolean {
    if (entry.sealed.length > mostLearnedBytes || entry.owner.length !== ownerBytes)
      throw new RangeError("what is learned of a caller is larger than its place");
    const isKept = this.#within(name, (key, from) => {
      const at = this.#find(key, from);
      const isOthers =
        at !== undefined &&
        this.#number(at, "end") > this.nowSeconds() &&
        !this.#bytes.subarray(at + nameBytes, at + nameBytes + ownerBytes).equals(entry.owner);
      if (isOthers) this.#clear(at);
      else this.#write(at ?? this.#leastWanted(from), key, entry);
      return !isOthers;
    });
    this.#onLearned?.(name, isKept ? entry : undefined);
    return isKept;
  }

  remove(name: string): void {
    const wasKnown = this.#within(name, (key, from) => {
      const at = this.#find(key, from);
      if (at !== undefined) this.#clear(at);
      return at !== undefined;
    });
    if (wasKnown) this.#onLearned?.(name, undefined);
  }

  /** Work on the set that a name belongs to, which no other thread works on meanwhile. */
  #within<T>(name: string, work: (key: Buffer, from: number) => T): T {
    const key = Buffer.from(name, "base64url");
    if (key.length !== nameBytes) throw new RangeError("a name is 32 bytes");
    const set = key.readUInt32LE(0) % this.#locks.length;
    lockSet(this.#locks, set);
    try {
      return work(key, set * ways * slotBytes);
    } finally {
      Atomics.store(this.#locks, set, 0);
      Atomics.notify(this.#locks, set, 1);
    }
  }

  #find(key: Buffer, from: number): number | undefined {
    for (let way = 0; way < ways; way += 1) {
      const at = from + way * slotBytes;
      if (this.#number(at, "end") !== 0 && this.#bytes.subarray(at, at + nameBytes).equals(key))
        return at;
    }
    return undefined;
  }

  /** An empty slot, one that has ended, or the oldest. */
  #leastWanted(from: number): number {
    const now = this.nowSeconds();
    let least = from;
    let oldest = Infinity;
    for (let way = 0; way < ways; way += 1) {
      const at = from + way * slotBytes;
      if (this.#number(at, "end") <= now) return at;
      const begin = this.#number(at, "begin");
      if (begin >= oldest) continue;
      oldest = begin;
      least = at;
    }
    return least;
  }

  #entryAt(at: number): LearnedEntry {
    const length = this.#number(at, "length");
    return {
      owner: Buffer.from(this.#bytes.subarray(at + nameBytes, at + nameBytes + ownerBytes)),
      sealed: Buffer.from(this.#bytes.subarray(at + headBytes, at + headBytes + length)),
      expiresAtSeconds: this.#number(at, "end"),
    };
  }

  #write(at: number, key: Buffer, { expiresAtSeconds, owner, sealed }: LearnedEntry): void {
    const bytes = this.#bytes;
    bytes.set(key, at);
    bytes.set(owner, at + nameBytes);
    bytes.writeUInt32LE(Math.min(expiresAtSeconds, 0xffff_ffff), at + placeOf.end);
    bytes.writeUInt32LE(this.nowSeconds(), at + placeOf.begin);
    bytes.writeUInt32LE(sealed.length, at + placeOf.length);
    bytes.set(sealed, at + headBytes);
  }

  #clear(at: number): void {
    this.#bytes.fill(0, at, at + slotBytes);
  }

  #number(at: number, what: keyof typeof placeOf): number {
    return this.#bytes.readUInt32LE(at + placeOf[what]);
  }
}
