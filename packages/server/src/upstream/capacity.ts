import { type Holder, slowHolder } from "./slow-holders.ts";

/** A request that waits for a place at the backends. */
interface Waiting {
  readonly holder: Holder;
  readonly until: number;
  readonly run: () => void;
  readonly refuse: (why: string) => void;
}

export interface CapacityOptions {
  /** Requests that the backends work on at once. */
  readonly places: number;
  /** Requests that may wait beside them. */
  readonly mostWaiting: number;
  /** The longest that one waits. */
  readonly mostWaitMs: number;
}

const sweepMs = 50;
const mostShedEach = 16;

/**
 * The places at the backends of one API, and a bounded queue before them. An endless queue would
 * answer everybody too late once the backends are slower than what comes. While others wait, no
 * caller has more than a quarter of the places or of the queue.
 */
export class Capacity {
  readonly #options: CapacityOptions;
  readonly #callerShare: number;
  readonly #held = new Map<string, number>();
  /** Who has each place. A set that is changed by every request outlives it in the old heap. */
  readonly #holders: (Holder | undefined)[];
  readonly #free: number[];
  readonly #waitingOf = new Map<string, number>();
  readonly #queue = new Set<Waiting>();
  #inUse = 0;
  #sweeper: NodeJS.Timeout | undefined;

  constructor(options: CapacityOptions) {
    this.#options = options;
    this.#holders = Array.from({ length: options.places }, () => undefined);
    this.#free = Array.from({ length: options.places }, (_, place) => place);
    this.#callerShare = Math.max(1, Math.floor(options.places / 4));
  }

  /**
   * Runs it now or when a place is free. Whoever ran must `leave` once.
   *
   * @param holder what will hold the place: requests of one caller share a part of the places
   * @returns takes it back while it still waits
   */
  enter(holder: Holder, run: () => void, refuse: (why: string) => void): () => void {
    const { caller } = holder;
    if (this.#inUse < this.#options.places && this.#queue.size === 0) {
      this.#take(holder);
      run();
      return nothing;
    }
    const { mostWaiting, mostWaitMs } = this.#options;
    const own = this.#waitingOf.get(caller) ?? 0;
    if (this.#queue.size >= mostWaiting || own >= Math.max(1, mostWaiting / 4)) {
      refuse(`${this.#queue.size} requests wait already, ${own} of them this caller's`);
      return nothing;
    }
    const waiting = { holder, until: performance.now() + mostWaitMs, run, refuse };
    this.#queue.add(waiting);
    this.#waitingOf.set(caller, own + 1);
    this.#sweeper ??= setInterval(() => this.#sweep(), sweepMs).unref();
    return () => void this.#unqueue(waiting);
  }

  leave(holder: Holder): void {
    this.#inUse -= 1;
    this.#holders[holder.place] = undefined;
    this.#free.push(holder.place);
    countDown(this.#held, holder.caller);
    while (this.#inUse < this.#options.places) {
      const next = this.#next();
      if (next === undefined) return;
      this.#unqueue(next);
      this.#take(next.holder);
      next.run();
    }
  }

  get waiting(): number {
    return this.#queue.size;
  }

  /** Who waits need not wait longer: nothing is asked any more. */
  close(): void {
    for (const waiting of this.#queue) {
      this.#unqueue(waiting);
      waiting.refuse("the backends are let go of");
    }
  }

  /** The first of a caller that has not its share of the places; the first of all where all have. */
  #next(): Waiting | undefined {
    let first: Waiting | undefined;
    for (const waiting of this.#queue) {
      if (this.#heldBy(waiting.holder.caller) < this.#callerShare) return waiting;
      first ??= waiting;
    }
    return first;
  }

  #take(holder: Holder): void {
    this.#inUse += 1;
    const place = this.#free.pop() ?? 0;
    holder.place = place;
    this.#holders[place] = holder;
    this.#held.set(holder.caller, this.#heldBy(holder.caller) + 1);
  }

  readonly #heldBy = (caller: string): number => this.#held.get(caller) ?? 0;

  /** Those who let the backends wait give their places to waiting callers who hold less. */
  #shedSlow(): void {
    for (let shed = 0; shed < mostShedEach; shed += 1) {
      const next = this.#next();
      if (next === undefined || this.#heldBy(next.holder.caller) >= this.#callerShare) return;
      const slow = slowHolder(this.#holders, this.#heldBy, this.#callerShare);
      if (slow === undefined || slow.caller === next.holder.caller) return;
      slow.shed();
    }
  }

  #unqueue(waiting: Waiting): boolean {
    if (!this.#queue.delete(waiting)) return false;
    countDown(this.#waitingOf, waiting.holder.caller);
    if (this.#queue.size === 0) {
      clearInterval(this.#sweeper);
      this.#sweeper = undefined;
    }
    return true;
  }

  #sweep(): void {
    const now = performance.now();
    for (const waiting of this.#queue) {
      if (waiting.until > now) break;
      this.#unqueue(waiting);
      waiting.refuse(`no place was free for ${this.#options.mostWaitMs} ms`);
    }
    this.#shedSlow();
  }
}

const nothing = (): void => undefined;

function countDown(counts: Map<string, number>, caller: string): void {
  const left = (counts.get(caller) ?? 0) - 1;
  if (left > 0) counts.set(caller, left);
  else counts.delete(caller);
}
