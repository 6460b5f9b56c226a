import { priorities } from "@portcullis/guard/upstream";
import { CallerCounts } from "./caller-counts.ts";
import type { CapacityOptions } from "./capacity-options.ts";
import { type Holder, slowHolder } from "./slow-holders.ts";
import { type Waiting, WaitingLine } from "./waiting-line.ts";

const sweepMs = 50;
/** Where other threads give places back too. */
const sharedSweepMs = 10;
const mostShedEach = 16;

/**
 * The places at the backends of one API, and a bounded queue before them. An endless queue would
 * answer everybody too late once the backends are slower than what comes. Who waits goes by
 * priority, and within one by turns of the callers. While others wait, no caller has more than a
 * quarter of the places or of the queue.
 */
export class Capacity {
  readonly #options: CapacityOptions;
  readonly #now: () => number;
  readonly #held = new CallerCounts();
  /** Who has each place. A set that is changed by every request outlives it in the old heap. */
  readonly #holders: (Holder | undefined)[];
  readonly #free: number[];
  readonly #waitingOf = new CallerCounts();
  /** By rank: the first goes first. */
  readonly #lines = priorities.map(() => new WaitingLine());
  #inUse = 0;
  #sweeper: NodeJS.Timeout | undefined;

  constructor(options: CapacityOptions) {
    this.#options = options;
    this.#now = options.now ?? (() => performance.now());
    this.#holders = Array.from({ length: options.places }, () => undefined);
    this.#free = Array.from({ length: options.places }, (_, place) => place);
  }

  /**
   * Runs it now or when a place is free. Whoever ran must `leave` once.
   *
   * @param holder what will hold the place: requests of one caller share a part of the places
   * @returns takes it back while it still waits
   */
  enter(holder: Holder, run: () => void, refuse: (why: string) => void): () => void {
    if (this.#mayPass(holder) && this.#take(holder)) {
      this.#options.meter?.waited(holder.rank, 0);
      run();
      return nothing;
    }
    const why = this.#whyFull(holder);
    if (why !== undefined) {
      this.#options.meter?.shed(holder.rank);
      refuse(why);
      return nothing;
    }
    const sinceMs = this.#now();
    const untilMs = sinceMs + this.#options.mostWaitMs;
    const waiting: Waiting = { holder, sinceMs, untilMs, run, refuse };
    this.#queue(waiting);
    return () => void this.#unqueue(waiting);
  }

  leave(holder: Holder): void {
    this.#inUse -= 1;
    this.#holders[holder.place] = undefined;
    this.#free.push(holder.place);
    this.#held.down(holder.caller);
    this.#options.concurrency?.hold(-1);
    this.#serve();
  }

  get waiting(): number {
    return this.#lines.reduce((sum, { size }) => sum + size, 0);
  }

  /** Who waits need not wait longer: nothing is asked any more. */
  close(): void {
    for (const line of this.#lines)
      for (let one = line.oldest; one !== undefined; one = line.oldest) {
        this.#unqueue(one);
        one.refuse("the backends are let go of");
      }
  }

  /** Nobody who waits goes before it. */
  #mayPass({ isBound, rank }: Holder): boolean {
    if (this.#inUse >= this.#options.places) return false;
    // Whoever is not bound waits for a place of this thread, and there is one.
    return !isBound || !this.#lines.some(({ size }, of) => size > 0 && of <= rank);
  }

  #take(holder: Holder): boolean {
    const { concurrency } = this.#options;
    if (holder.isBound && concurrency?.mayGo(holder.rank) === false) return false;
    if (!holder.takeRoom()) return false;
    concurrency?.hold(1);
    this.#inUse += 1;
    const place = this.#free.pop() ?? 0;
    holder.place = place;
    this.#holders[place] = holder;
    this.#held.up(holder.caller);
    return true;
  }

  /** Why it may not even wait; whoever matters less makes room for it. */
  #whyFull({ caller, rank }: Holder): string | undefined {
    const { mostWaiting } = this.#options;
    const { waiting } = this;
    const own = this.#waitingOf.of(caller);
    const why = `${waiting} requests wait already, ${own} of them this caller's`;
    if (own >= Math.max(1, mostWaiting / 4)) return why;
    if (waiting < mostWaiting) return undefined;
    const last = this.#lines.findLast(({ size }) => size > 0);
    const least = this.#lines.lastIndexOf(last as WaitingLine);
    if (last?.oldest === undefined || least < rank) return why;
    if (least === rank && !last.isNewestFirst) return why;
    this.#giveUp(last.oldest, "others wait who go first, and there is no room for more");
    return undefined;
  }

  #serve(): void {
    while (this.#inUse < this.#options.places) {
      const next = this.#next();
      if (next === undefined) return;
      const { holder, run, sinceMs } = next;
      if (!this.#take(holder)) {
        this.#lineOf(next).putBack(next);
        this.#count(next, 1);
        return;
      }
      this.#options.meter?.waited(holder.rank, this.#now() - sinceMs);
      run();
    }
  }

  /**
   * The first by priority and turn of a caller that has not its share of the places; the first of
   * all where all have. Whoever is bound is left out while there is no room for it.
   */
  #next(): Waiting | undefined {
    const share = this.#share();
    const under = (caller: string): boolean => this.#held.of(caller) < share;
    return this.#nextOf(under) ?? this.#nextOf(always);
  }

  #nextOf(mayHave: (caller: string) => boolean): Waiting | undefined {
    for (const [rank, line] of this.#lines.entries()) {
      if (line.size === 0) continue;
      const fits = this.#hasRoom(rank) ? always : isUnbound;
      const next = line.take(mayHave, fits);
      if (next === undefined) continue;
      this.#count(next, -1);
      return next;
    }
    return undefined;
  }

  #hasRoom(rank: number): boolean {
    const { concurrency } = this.#options;
    if (concurrency === undefined) return true;
    return concurrency.targets.some((one) => one.inflight < one.limit) && concurrency.mayGo(rank);
  }

  #share(): number {
    const ofPlaces = Math.max(1, Math.floor(this.#options.places / 4));
    return Math.min(ofPlaces, this.#options.concurrency?.callerShare ?? ofPlaces);
  }

  #queue(waiting: Waiting): void {
    this.#lineOf(waiting).add(waiting);
    this.#count(waiting, 1);
    this.#listen();
  }

  #listen(): void {
    this.#options.concurrency?.whenReleased(() => {
      this.#serve();
      if (this.waiting > 0) this.#listen();
    }, sweepMs);
  }

  #unqueue(waiting: Waiting): boolean {
    if (!this.#lineOf(waiting).remove(waiting)) return false;
    this.#count(waiting, -1);
    return true;
  }

  #count({ holder: { caller, rank } }: Waiting, by: 1 | -1): void {
    const { concurrency } = this.#options;
    if (by === 1) this.#waitingOf.up(caller);
    else this.#waitingOf.down(caller);
    concurrency?.wait(rank, by, this.#waitingOf.size);
    if (this.#waitingOf.size === 0) {
      clearInterval(this.#sweeper);
      this.#sweeper = undefined;
    } else {
      const everyMs = concurrency === undefined ? sweepMs : sharedSweepMs;
      this.#sweeper ??= setInterval(() => this.sweep(), everyMs).unref();
    }
  }

  #lineOf({ holder: { rank } }: Waiting): WaitingLine {
    return this.#lines[rank] as WaitingLine;
  }

  #giveUp(waiting: Waiting, why: string): void {
    this.#unqueue(waiting);
    this.#options.meter?.shed(waiting.holder.rank);
    waiting.refuse(why);
  }

  /** Refuses who has waited too long. Called by a timer while anybody waits. */
  sweep(): void {
    const now = this.#now();
    for (const line of this.#lines)
      for (let one = line.oldest; one !== undefined; one = line.oldest) {
        if (one.untilMs > now) break;
        line.isNewestFirst = true;
        this.#giveUp(one, `no place was free for ${this.#options.mostWaitMs} ms`);
      }
    this.#serve();
    this.#shedSlow();
  }

  /** Those who let the backends wait give their places to waiting callers who hold less. */
  #shedSlow(): void {
    const share = this.#share();
    const under = (caller: string): boolean => this.#held.of(caller) < share;
    for (let shed = 0; shed < mostShedEach; shed += 1) {
      const next = this.#lines.find((line) => line.callerWho(under) !== undefined);
      if (next === undefined) return;
      const slow = slowHolder(this.#holders, this.#held.of, share);
      if (slow === undefined || slow.caller === next.callerWho(under)) return;
      slow.shed();
    }
  }
}

const nothing = (): void => undefined;
const always = (): boolean => true;
const isUnbound = ({ holder }: Waiting): boolean => !holder.isBound;
