import { hashKey } from "./key-hash.ts";
import {
  type PressureBounds,
  type PressureCause,
  pressureCauses,
  type PressureNow,
  type PressurePort,
  type PressureRules,
} from "./pressure.ts";
import { lockSet } from "./set-lock.ts";
import { steadyMs } from "./steady-clock.ts";

const ways = 8;
/** Two words of the name, the step, its cause, and what has been counted since the window began. */
const word = { first: 0, second: 1, step: 2, cause: 3, requests: 4, failures: 5, refusals: 6 };
const wordsEach = 7;
/** When the last cause was, and when the window began. */
const doublesEach = 2;
/** Nobody fails so often within a window. */
const worthOfStep = 2 ** 32;
const bytesEach = doublesEach * 8 + wordsEach * 4;

/** Memory that all gate threads and the control thread share; plain data, so that it travels. */
export interface SharedPressureTable {
  readonly memory: SharedArrayBuffer;
  readonly sets: number;
  readonly seeds: readonly [number, number];
}

/** @param keys of how many callers failures are counted at the same time: 45 bytes each */
export function allocateSharedPressure(
  keys: number,
  seeds: SharedPressureTable["seeds"],
): SharedPressureTable {
  const sets = 2 ** Math.ceil(Math.log2(Math.max(keys, ways) / ways));
  return { memory: new SharedArrayBuffer(sets * ways * bytesEach + sets * 4), sets, seeds };
}

/**
 * Callers whose requests of one class of operations cost more, and what has been counted of those
 * that may be next. A caller takes room with the first failure or refusal. A full set gives a
 * newcomer the place of whoever has the fewest failures and no pressure: no flood of keys frees
 * anybody from pressure.
 */
export class SharedPressure implements PressurePort {
  readonly #doubles: Float64Array;
  readonly #words: Int32Array;
  readonly #locks: Int32Array;
  readonly #table: SharedPressureTable;
  readonly #rules: PressureRules;
  readonly #now: () => number;
  readonly #hash = new Uint32Array(2);
  readonly #answer: PressureNow = { step: 0, cause: "failures", easesInMs: 0, hasChanged: false };

  constructor(table: SharedPressureTable, rules: PressureRules, now: () => number = steadyMs) {
    const rows = table.sets * ways;
    this.#doubles = new Float64Array(table.memory, 0, rows * doublesEach);
    this.#words = new Int32Array(table.memory, rows * doublesEach * 8, rows * wordsEach);
    this.#locks = new Int32Array(table.memory, rows * bytesEach, table.sets);
    this.#table = table;
    this.#rules = rules;
    this.#now = now;
  }

  /** What holds for a caller, by what was counted until now. Allocates nothing. */
  look(key: string, operations: string, bounds: PressureBounds): PressureNow {
    const now = this.#now();
    const set = this.#lock(key, operations);
    try {
      const row = this.#find(set);
      if (row === -1) return this.#tell(-1, now, false);
      const hasEased = this.#ease(row, now);
      const failures = this.#get(row, word.failures);
      if (failures >= bounds.failures && failures * 2 >= this.#get(row, word.requests))
        return this.#raise(row, "failures", now, 0);
      if (this.#get(row, word.refusals) >= bounds.refusals)
        return this.#raise(row, "refusals", now, 0);
      return this.#tell(row, now, hasEased);
    } finally {
      this.#unlock(set);
    }
  }

  /** What became of a request: an answer of the backend's, or a refusal of the gate's. */
  note(key: string, operations: string, what: "failure" | "success" | "refusal"): void {
    const now = this.#now();
    const set = this.#lock(key, operations);
    try {
      const row = what === "success" ? this.#find(set) : this.#rowFor(set, now, false);
      if (row === -1) return;
      this.#ease(row, now);
      this.#set(row, word.requests, this.#get(row, word.requests) + 1);
      this.#set(row, word.refusals, what === "refusal" ? this.#get(row, word.refusals) + 1 : 0);
      if (what === "failure") this.#set(row, word.failures, this.#get(row, word.failures) + 1);
    } finally {
      this.#unlock(set);
    }
  }

  raise(key: string, operations: string, cause: PressureCause, forMs: number): PressureNow {
    const now = this.#now();
    const set = this.#lock(key, operations);
    try {
      const row = this.#rowFor(set, now, true);
      this.#ease(row, now);
      return { ...this.#raise(row, cause, now, forMs) };
    } finally {
      this.#unlock(set);
    }
  }

  lift(key: string, operations: string): boolean {
    const set = this.#lock(key, operations);
    try {
      const row = this.#find(set);
      if (row === -1) return false;
      const wasPressed = this.#stepNow(row, this.#now()) > 0;
      this.#words.fill(0, row * wordsEach, (row + 1) * wordsEach);
      return wasPressed;
    } finally {
      this.#unlock(set);
    }
  }

  /** How many callers there are at each step, from the first. */
  counts(): readonly number[] {
    const now = this.#now();
    const counts = Array.from({ length: this.#rules.steps }, () => 0);
    for (let row = 0; row < this.#table.sets * ways; row += 1) {
      const step = this.#stepNow(row, now);
      if (step > 0) counts[step - 1] = (counts[step - 1] ?? 0) + 1;
    }
    return counts;
  }

  /** The name of what follows, until it is unlocked. */
  #lock(key: string, operations: string): number {
    const [seedA, seedB] = this.#table.seeds;
    hashKey(operations, seedA, seedB, this.#hash);
    hashKey(key, this.#hash[0] as number, this.#hash[1] as number, this.#hash);
    const set = (this.#hash[0] as number) & (this.#table.sets - 1);
    lockSet(this.#locks, set);
    return set;
  }

  #unlock(set: number): void {
    Atomics.store(this.#locks, set, 0);
  }

  #find(set: number): number {
    const [first, second] = [(this.#hash[0] as number) | 0, (this.#hash[1] as number) | 0];
    for (let row = set * ways; row < (set + 1) * ways; row += 1)
      if (this.#get(row, word.first) === first && this.#get(row, word.second) === second)
        return row;
    return -1;
  }

  #rowFor(set: number, now: number, isUrgent: boolean): number {
    const found = this.#find(set);
    if (found !== -1) return found;
    const row = this.#room(set, now, isUrgent);
    if (row !== -1) this.#begin(row, now);
    return row;
  }

  /** @param isUrgent whether somebody who has pressure may make room for it, the least first */
  #room(set: number, now: number, isUrgent: boolean): number {
    let [chosen, least] = [-1, Number.POSITIVE_INFINITY];
    for (let row = set * ways; row < (set + 1) * ways; row += 1) {
      const step = this.#stepNow(row, now);
      if (step === 0 && this.#isOver(row, now)) return row;
      if (step > 0 && !isUrgent) continue;
      const worth = step * worthOfStep + this.#get(row, word.failures);
      if (worth < least) [chosen, least] = [row, worth];
    }
    return chosen;
  }

  #begin(row: number, now: number): void {
    this.#words.fill(0, row * wordsEach, (row + 1) * wordsEach);
    this.#set(row, word.first, (this.#hash[0] as number) | 0);
    this.#set(row, word.second, (this.#hash[1] as number) | 0);
    this.#doubles.fill(now, row * doublesEach, (row + 1) * doublesEach);
  }

  /** One step less for each quiet period; and counts begin anew with each window. */
  #ease(row: number, now: number): boolean {
    const [before, step] = [this.#get(row, word.step), this.#stepNow(row, now)];
    if (this.#isOver(row, now)) this.#beginWindow(row, now);
    if (step === before) return false;
    const from = this.#doubles[row * doublesEach] as number;
    this.#doubles[row * doublesEach] = from + (before - step) * this.#rules.quietMs;
    this.#set(row, word.step, step);
    return true;
  }

  #stepNow(row: number, now: number): number {
    const step = Math.min(this.#get(row, word.step), this.#rules.steps);
    if (step === 0) return 0;
    const quietMs = now - (this.#doubles[row * doublesEach] as number);
    return Math.max(0, step - Math.max(0, Math.floor(quietMs / this.#rules.quietMs)));
  }

  #isOver(row: number, now: number): boolean {
    return now - (this.#doubles[row * doublesEach + 1] as number) >= this.#rules.quietMs;
  }

  #beginWindow(row: number, now: number): void {
    this.#doubles[row * doublesEach + 1] = now;
    this.#words.fill(0, row * wordsEach + word.requests, (row + 1) * wordsEach);
  }

  #raise(row: number, cause: PressureCause, now: number, forMs: number): PressureNow {
    const before = this.#get(row, word.step);
    const step = Math.min(this.#rules.steps, before + 1);
    this.#set(row, word.step, step);
    this.#set(row, word.cause, pressureCauses.indexOf(cause));
    this.#doubles[row * doublesEach] = Math.max(now, now + forMs - this.#rules.quietMs);
    this.#beginWindow(row, now);
    return this.#tell(row, now, step !== before);
  }

  #tell(row: number, now: number, hasChanged: boolean): PressureNow {
    const answer = this.#answer;
    answer.hasChanged = hasChanged;
    answer.step = row === -1 ? 0 : this.#stepNow(row, now);
    if (row === -1) return answer;
    answer.cause = pressureCauses[this.#get(row, word.cause)] ?? "failures";
    const from = this.#doubles[row * doublesEach] as number;
    answer.easesInMs = Math.max(0, from + this.#rules.quietMs - now);
    return answer;
  }

  #get(row: number, at: number): number {
    return this.#words[row * wordsEach + at] as number;
  }

  #set(row: number, at: number, value: number): void {
    this.#words[row * wordsEach + at] = value;
  }
}
