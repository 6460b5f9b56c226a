import { type FlowRow, mergeRow, noteStep, standingOf } from "./flow-row.ts";
import {
  type FlowStanding,
  type FlowState,
  type FlowSteps,
  isWhole,
  mostFlowSteps,
  numbersPerStep,
} from "./flows.ts";
import { hashKey } from "./key-hash.ts";
import { lockSet } from "./set-lock.ts";
import { steadyMs } from "./steady-clock.ts";

const ways = 8;
const rowNumbers = mostFlowSteps * numbersPerStep;
/** The two words of each name; then the lock, and how many rows made room before their time. */
const indexWords = ways * 2 + 2;
const [lockAt, evictionsAt] = [ways * 2, ways * 2 + 1];

/** Memory that every gate thread of a process shares; plain data, so that it travels to them. */
export interface SharedFlowTable {
  readonly index: SharedArrayBuffer;
  readonly rows: SharedArrayBuffer;
  /** When the last time of each row has lapsed. */
  readonly ends: SharedArrayBuffer;
  readonly sets: number;
  readonly seeds: readonly [number, number];
}

/**
 * The machine gives pages of it when they are written to.
 *
 * @param keys callers who are on their way to an operation at the same time: 281 bytes each
 */
export function allocateSharedFlows(
  keys: number,
  seeds: SharedFlowTable["seeds"],
): SharedFlowTable {
  const sets = 2 ** Math.ceil(Math.log2(Math.max(keys, ways) / ways));
  return {
    index: new SharedArrayBuffer(sets * indexWords * 4),
    rows: new SharedArrayBuffer(sets * ways * rowNumbers * 8),
    ends: new SharedArrayBuffer(sets * ways * 8),
    sets,
    seeds,
  };
}

/** Rows that made room for another's before their time, since the start. */
export function flowEvictionsOf({ index, sets }: SharedFlowTable): number {
  const words = new Int32Array(index);
  let sum = 0;
  for (let set = 0; set < sets; set += 1)
    sum += Atomics.load(words, set * indexWords + evictionsAt) >>> 0;
  return sum;
}

/**
 * Steps in memory that all gate threads share: what one thread has noted, every other knows. Time is
 * a clock that only goes forward. A full set gives up what lapses first.
 */
export class SharedFlows implements FlowState {
  readonly #index: Int32Array;
  readonly #rows: Float64Array;
  readonly #ends: Float64Array;
  readonly #mask: number;
  readonly #seeds: SharedFlowTable["seeds"];
  readonly #now: () => number;
  readonly #hash = new Uint32Array(2);

  constructor({ ends, index, rows, seeds, sets }: SharedFlowTable, now: () => number = steadyMs) {
    this.#index = new Int32Array(index);
    this.#rows = new Float64Array(rows);
    this.#ends = new Float64Array(ends);
    this.#mask = sets - 1;
    this.#seeds = seeds;
    this.#now = now;
  }

  note(flow: FlowSteps, who: string, step: number): void {
    this.#within(flow, who, (set) => {
      const found = this.#find(set);
      // Whoever has taken no step takes no room with a later one.
      if (found === undefined && step > 0) return;
      const now = this.#now();
      const way = found ?? this.#begin(set, now);
      if (noteStep(this.#rowAt(set, way), step, flow, now))
        this.#ends[set * ways + way] = now + flow.withinMs;
    });
  }

  use(flow: FlowSteps, who: string, isKept: boolean): FlowStanding {
    return this.#within(flow, who, (set): FlowStanding => {
      const way = this.#find(set);
      if (way === undefined) return { taken: 0, waitMs: 0, putBack: nothing };
      const row = this.#rowAt(set, way);
      const standing = standingOf(row, flow, this.#now());
      if (isKept || !isWhole({ ...standing, putBack: nothing }, flow))
        return { ...standing, putBack: nothing };
      const used = row.slice();
      const endsAt = this.#ends[set * ways + way] as number;
      this.#clear(set, way);
      let isBack = false;
      return {
        ...standing,
        putBack: () => {
          if (!isBack) this.#putBack(flow, who, used, endsAt);
          isBack = true;
        },
      };
    });
  }

  /** Somebody else has told that the steps are used up. */
  forget(flow: FlowSteps, who: string): void {
    this.#within(flow, who, (set) => {
      const way = this.#find(set);
      if (way !== undefined) this.#clear(set, way);
    });
  }

  #putBack(flow: FlowSteps, who: string, used: FlowRow, endsAt: number): void {
    this.#within(flow, who, (set) => {
      const way = this.#find(set) ?? this.#begin(set, this.#now());
      mergeRow(this.#rowAt(set, way), used, flow);
      const at = set * ways + way;
      this.#ends[at] = Math.max(this.#ends[at] as number, endsAt);
    });
  }

  /** Work on the set that a name belongs to, which no other thread works on meanwhile. */
  #within<T>(flow: FlowSteps, who: string, work: (set: number) => T): T {
    const [a, b] = this.#seeds;
    hashKey(`${flow.name}\n${who}`, a, b, this.#hash);
    const set = (this.#hash[0] as number) & this.#mask;
    const lock = set * indexWords + lockAt;
    lockSet(this.#index, lock);
    try {
      return work(set);
    } finally {
      Atomics.store(this.#index, lock, 0);
    }
  }

  #find(set: number): number | undefined {
    const [first = 0, second = 0] = this.#hash;
    for (let way = 0; way < ways; way += 1) {
      const at = set * indexWords + way * 2;
      if (this.#index[at] === (first | 0) && this.#index[at + 1] === (second | 0)) return way;
    }
    return undefined;
  }

  /** Takes the place of what lapses first. */
  #begin(set: number, now: number): number {
    let chosen = 0;
    for (let way = 1; way < ways; way += 1)
      if ((this.#ends[set * ways + way] as number) < (this.#ends[set * ways + chosen] as number))
        chosen = way;
    if ((this.#ends[set * ways + chosen] as number) > now)
      Atomics.add(this.#index, set * indexWords + evictionsAt, 1);
    this.#clear(set, chosen);
    const at = set * indexWords + chosen * 2;
    this.#index[at] = (this.#hash[0] as number) | 0;
    this.#index[at + 1] = (this.#hash[1] as number) | 0;
    return chosen;
  }

  #clear(set: number, way: number): void {
    const at = set * indexWords + way * 2;
    this.#index.fill(0, at, at + 2);
    this.#ends[set * ways + way] = 0;
    this.#rowAt(set, way).fill(0);
  }

  #rowAt(set: number, way: number): FlowRow {
    const from = (set * ways + way) * rowNumbers;
    return this.#rows.subarray(from, from + rowNumbers);
  }
}

const nothing = (): void => undefined;
