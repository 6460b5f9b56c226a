import { hashKey } from "./key-hash.ts";
import { OlderIds } from "./older-ids.ts";
import type { ProvenanceState } from "./provenance.ts";
import { type CallerHash, type Fingerprint, ProvenanceRows } from "./provenance-rows.ts";
import {
  headWords,
  type ProvenanceLayout,
  type ProvenanceSize,
  sizeOfProvenance,
  ways,
} from "./provenance-size.ts";
import { lockSet } from "./set-lock.ts";

const hourMs = 3_600_000;
/** An id that was forgotten before this is missed by somebody, most likely. */
const youngHours = 30 * 24;
/** Of what is kept on disk: so much is written again when a word of it has changed. */
export const provenancePageBytes = 65_536;

/** So many ids are noted under one lock: others wait for it. */
const mostAtOnce = 32;

/** Places of the counters. */
const counted = { callers: 0, older: 1, forgotten: 2, forgottenYoung: 3 } as const;
const counterWords = 4;

/** Plain data, so that it travels to the threads. */
export interface SharedProvenance {
  readonly size: ProvenanceSize;
  readonly seeds: readonly [number, number, number, number];
  /** What is kept on disk: heads of rows, their ids, and older ids. */
  readonly kept: SharedArrayBuffer;
  /** Counters and locks. */
  readonly beside: SharedArrayBuffer;
  /** A byte for each page of `kept`: whether it was written to. */
  readonly written: SharedArrayBuffer;
}

/** How full the memory is, and what it has forgotten since the start. */
export type ProvenanceCounts = Readonly<Record<keyof typeof counted, number>>;

export function allocateSharedProvenance(
  size: ProvenanceSize,
  seeds: SharedProvenance["seeds"],
): SharedProvenance {
  const { olderSets, rowSets, rowWords } = sizeOfProvenance(size);
  const keptBytes = (rowSets * ways * (headWords + rowWords) + olderSets * ways * 2) * 4;
  return {
    size,
    seeds,
    kept: new SharedArrayBuffer(keptBytes),
    beside: new SharedArrayBuffer((counterWords + rowSets + olderSets) * 4),
    written: new SharedArrayBuffer(Math.ceil(keptBytes / provenancePageBytes)),
  };
}

export function countsOfProvenance({ beside }: SharedProvenance): ProvenanceCounts {
  const counters = new Int32Array(beside, 0, counterWords);
  const [callers = 0, older = 0, forgotten = 0, forgottenYoung = 0] = counters;
  return { callers, older, forgotten: forgotten >>> 0, forgottenYoung: forgottenYoung >>> 0 };
}

/** How full a memory is that was filled from elsewhere. */
export function setProvenanceCounts(
  { beside }: SharedProvenance,
  { callers, older }: Pick<ProvenanceCounts, "callers" | "older">,
): void {
  const counters = new Int32Array(beside, 0, counterWords);
  counters[counted.callers] = callers;
  counters[counted.older] = older;
}

/**
 * What callers were shown, in memory that all gate threads share: each caller has a row for its
 * newest ids, which nobody else's ids can take from it, and what it was shown before goes where
 * there is room. Ids are 40 bits of a hash that is keyed by the caller.
 */
export class SharedProvenanceState implements ProvenanceState {
  readonly #layout: ProvenanceLayout;
  readonly #rows: ProvenanceRows;
  readonly #older: OlderIds;
  readonly #counters: Int32Array;
  readonly #rowLocks: Int32Array;
  readonly #olderLocks: Int32Array;
  readonly #written: Uint8Array;
  readonly #seeds: SharedProvenance["seeds"];
  readonly #now: () => number;
  readonly #hash = new Uint32Array(2);
  /** Whose ids are just worked on: what a row has no more room for is theirs. */
  #caller: CallerHash = { here: 0, there: 0 };

  constructor(shared: SharedProvenance, now: () => number = Date.now) {
    const { beside, kept, seeds, size, written } = shared;
    const layout = (this.#layout = sizeOfProvenance(size));
    const { olderSets, rowSets, rowWords } = layout;
    const rows = rowSets * ways;
    const [idsFrom, olderFrom] = [rows * headWords * 4, rows * (headWords + rowWords) * 4];
    this.#counters = new Int32Array(beside, 0, counterWords);
    this.#rowLocks = new Int32Array(beside, counterWords * 4, rowSets);
    this.#olderLocks = new Int32Array(beside, (counterWords + rowSets) * 4, olderSets);
    this.#written = new Uint8Array(written);
    this.#seeds = seeds;
    this.#now = now;
    this.#rows = new ProvenanceRows(
      new Uint32Array(kept, 0, rows * headWords),
      new Uint32Array(kept, idsFrom, rows * rowWords),
      { idsEach: size.idsEach, rowWords },
      {
        onNewCaller: () => this.#count("callers", 1),
        onCallerForgotten: (ids, age) => this.#forgot(ids, age),
        onOlder: (id) => this.#keepOlder(id),
        onWritten: (part, row) =>
          part === "heads"
            ? this.#wrote(row * headWords * 4, headWords * 4)
            : this.#wrote(idsFrom + row * rowWords * 4, rowWords * 4),
      },
    );
    this.#older = new OlderIds(new Uint32Array(kept, olderFrom, olderSets * ways * 2), {
      onTaken: () => this.#count("older", 1),
      onForgotten: (age) => this.#forgot(1, age),
      onWritten: (set) => this.#wrote(olderFrom + set * ways * 8, ways * 8),
    });
  }

  note(caller: string, names: readonly string[]): void {
    const hash = this.#hashOf(caller);
    const ids = names.map((name) => this.#fingerprint(hash, name));
    for (let from = 0; from < ids.length; from += mostAtOnce)
      this.adopt(hash, ids.slice(from, from + mostAtOnce), this.#hour());
  }

  /** The same for what is known by its hashes alone, such as what an earlier run has kept. */
  adopt(caller: CallerHash, ids: readonly Fingerprint[], hour: number): void {
    this.#caller = caller;
    this.#inRows(caller, (near, far) => {
      const row = this.#rows.take(near, far, caller, hour);
      for (const id of ids) this.#rows.keep(row, id, hour);
    });
  }

  knows(caller: string, names: readonly string[]): boolean {
    const hash = this.#hashOf(caller);
    return names.every((name) => this.#knowsOne(hash, this.#fingerprint(hash, name)));
  }

  #knowsOne(caller: CallerHash, id: Fingerprint): boolean {
    const inRow = this.#inRows(caller, (near, far) => {
      const row = this.#rows.find(near, far, caller);
      return row >= 0 && this.#rows.has(row, id, this.#hour());
    });
    if (inRow || this.#layout.olderSets === 0) return inRow;
    return this.#inOlder(caller, id, (near, far) => this.#older.has(near, far, id));
  }

  #keepOlder(id: Fingerprint): void {
    if (this.#layout.olderSets === 0) {
      this.#forgot(1, 0);
      return;
    }
    const caller = this.#caller;
    this.#inOlder(caller, id, (near, far) =>
      this.#older.keep(near, far, caller.here >>> 24, id, this.#hour()),
    );
  }

  #inRows<T>({ here, there }: CallerHash, work: (near: number, far: number) => T): T {
    const { rowSets } = this.#layout;
    return underLocks(this.#rowLocks, here % rowSets, there % rowSets, work);
  }

  #inOlder<T>(
    { here, there }: CallerHash,
    { first }: Fingerprint,
    work: (near: number, far: number) => T,
  ): T {
    const { olderSets, olderSetsPerCaller } = this.#layout;
    const which = first % olderSetsPerCaller;
    // Other digits than those that choose the row's sets.
    const [near, far] = [(here >>> 4) + which, (there >>> 4) + which];
    return underLocks(this.#olderLocks, near % olderSets, far % olderSets, work);
  }

  #hour(): number {
    return Math.floor(this.#now() / hourMs) & 0xffff;
  }

  #hashOf(caller: string): CallerHash {
    hashKey(caller, this.#seeds[0], this.#seeds[1], this.#hash);
    const [here = 0, there = 0] = this.#hash;
    // Zero is an empty row.
    return { here: here === 0 ? 1 : here, there };
  }

  #fingerprint({ here, there }: CallerHash, name: string): Fingerprint {
    hashKey(name, this.#seeds[2] ^ here, this.#seeds[3] ^ there, this.#hash);
    const [first = 0, second = 0] = this.#hash;
    // Zero is an empty place.
    return { first: first === 0 ? 1 : first, second: second & 0xff };
  }

  #wrote(from: number, bytes: number): void {
    const last = Math.floor((from + bytes - 1) / provenancePageBytes);
    for (let page = Math.floor(from / provenancePageBytes); page <= last; page += 1)
      Atomics.store(this.#written, page, 1);
  }

  #forgot(ids: number, age: number): void {
    this.#count("forgotten", ids);
    if (age < youngHours) this.#count("forgottenYoung", ids);
  }

  #count(what: keyof ProvenanceCounts, more: number): void {
    Atomics.add(this.#counters, counted[what], more);
  }
}

/** Both at once, and always in one order. */
function underLocks<T>(
  locks: Int32Array,
  near: number,
  far: number,
  work: (near: number, far: number) => T,
): T {
  lockSet(locks, Math.min(near, far));
  if (near !== far) lockSet(locks, Math.max(near, far));
  try {
    return work(near, far);
  } finally {
    Atomics.store(locks, near, 0);
    if (near !== far) Atomics.store(locks, far, 0);
  }
}
