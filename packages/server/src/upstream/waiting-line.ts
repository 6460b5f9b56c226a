import type { Holder } from "./slow-holders.ts";

/** A request that waits for a place at the backends. */
export interface Waiting {
  readonly holder: Holder;
  readonly sinceMs: number;
  readonly untilMs: number;
  readonly run: () => void;
  readonly refuse: (why: string) => void;
}

/** Work that a caller is given in each round; what an operation costs is counted in the same unit. */
const creditEachRound = 1;

/** What one caller has waiting, in a ring of callers. */
class CallerLine {
  readonly caller: string;
  readonly waiting: Waiting[] = [];
  credit = 0;
  next: CallerLine = this;
  previous: CallerLine = this;

  constructor(caller: string) {
    this.caller = caller;
  }
}

/**
 * Requests of one priority that wait. Callers take turns (deficit round robin): each is given the
 * same work in each round, so that nobody gets more by asking more. Once somebody has waited too
 * long, the newest of each caller goes first until nobody waits any more: who has just come can
 * still be answered in time, and in order everybody would be answered too late.
 */
export class WaitingLine {
  readonly #all = new Set<Waiting>();
  readonly #callers = new Map<string, CallerLine>();
  /** The caller whose turn it is. */
  #turn: CallerLine | undefined;
  isNewestFirst = false;

  get size(): number {
    return this.#all.size;
  }

  get callers(): number {
    return this.#callers.size;
  }

  /** The longest that anybody here has waited. */
  get oldest(): Waiting | undefined {
    for (const first of this.#all) return first;
    return undefined;
  }

  add(waiting: Waiting): void {
    this.#all.add(waiting);
    this.#lineOf(waiting.holder.caller).waiting.push(waiting);
  }

  /** Of the next caller who may have a place. It waits no more. */
  take(mayHave: (caller: string) => boolean, fits: (one: Waiting) => boolean): Waiting | undefined {
    let skipped = 0;
    while (this.#turn !== undefined && skipped < this.#callers.size) {
      const line: CallerLine = this.#turn;
      const at = mayHave(line.caller) ? this.#first(line, fits) : -1;
      if (at === -1) {
        skipped += 1;
        this.#turn = line.next;
        continue;
      }
      const waiting = line.waiting[at] as Waiting;
      if (line.credit < waiting.holder.cost) {
        line.credit += creditEachRound;
        if (line.credit < waiting.holder.cost) {
          skipped = 0;
          this.#turn = line.next;
          continue;
        }
      }
      line.credit -= waiting.holder.cost;
      this.#turn = line.next;
      this.#remove(waiting, line, at);
      return waiting;
    }
    return undefined;
  }

  /** There was no place for it after all: it waits on, before all others of its caller. */
  putBack(waiting: Waiting): void {
    this.#all.add(waiting);
    const line = this.#lineOf(waiting.holder.caller);
    if (this.isNewestFirst) line.waiting.push(waiting);
    else line.waiting.unshift(waiting);
    line.credit += waiting.holder.cost;
  }

  /** Somebody who waits here and may have a place. */
  callerWho(mayHave: (caller: string) => boolean): string | undefined {
    for (const caller of this.#callers.keys()) if (mayHave(caller)) return caller;
    return undefined;
  }

  /** @returns whether it waited here */
  remove(waiting: Waiting): boolean {
    if (!this.#all.has(waiting)) return false;
    const line = this.#callers.get(waiting.holder.caller);
    if (line !== undefined) this.#remove(waiting, line, line.waiting.indexOf(waiting));
    return true;
  }

  #first({ waiting }: CallerLine, fits: (one: Waiting) => boolean): number {
    return this.isNewestFirst ? waiting.findLastIndex(fits) : waiting.findIndex(fits);
  }

  #lineOf(caller: string): CallerLine {
    const known = this.#callers.get(caller);
    if (known !== undefined) return known;
    const line = new CallerLine(caller);
    this.#callers.set(caller, line);
    const turn = (this.#turn ??= line);
    // Whoever comes is the last of the round.
    [line.next, line.previous] = [turn, turn.previous];
    turn.previous.next = line;
    turn.previous = line;
    return line;
  }

  #remove(waiting: Waiting, line: CallerLine, at: number): void {
    this.#all.delete(waiting);
    line.waiting.splice(at, 1);
    if (this.#all.size === 0) this.isNewestFirst = false;
    if (line.waiting.length > 0) return;
    this.#callers.delete(line.caller);
    line.previous.next = line.next;
    line.next.previous = line.previous;
    if (this.#turn === line) this.#turn = line.next === line ? undefined : line.next;
  }
}
