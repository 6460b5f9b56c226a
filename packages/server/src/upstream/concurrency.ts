import type { ConcurrencyBounds } from "@portcullis/guard/policy";
import { priorities } from "@portcullis/guard/upstream";
import {
  allocateSharedConcurrency,
  layoutOf,
  meterWords,
  seatAt,
  seatWord,
  type SharedConcurrency,
  slotAt,
  slotOf,
  slotWord,
  waitBoundsMs,
} from "./shared-concurrency.ts";
import { type CountedAt, TargetRoom } from "./target-room.ts";

export interface ConcurrencyOptions {
  readonly shared: SharedConcurrency;
  /** Which of the threads this one is. */
  readonly seat: number;
}

/**
 * How many requests the backends of one API work on, over all threads, and who waits for them on
 * which thread: without that, the thread that answers the most would keep every place that comes
 * free, and a critical request of another would wait behind its background ones.
 */
export class Concurrency {
  readonly targets: readonly TargetRoom[];
  readonly #words: Int32Array;
  readonly #shared: SharedConcurrency;
  readonly #seat: number;
  readonly #at: number;
  readonly #own: number;
  #isListening = false;

  /**
   * @param group names these backends and how they are asked: threads that share it wait together
   * @param names the backends; one that several APIs ask is counted once
   */
  constructor(
    group: string,
    names: readonly string[],
    bounds: ConcurrencyBounds,
    { seat, shared }: ConcurrencyOptions,
  ) {
    const slots = [`group ${group}`, ...names].map((name) => slotOf(shared, name));
    const isShared = slots.every((slot) => slot !== undefined);
    // Where the shared memory has no room for so many backends, each thread counts by itself.
    this.#shared = isShared ? shared : allocateSharedConcurrency(1, slots.length);
    this.#seat = isShared ? seat : 0;
    this.#words = new Int32Array(this.#shared.memory, 0, layoutOf(this.#shared).names / 4);
    const counted: CountedAt = { shared: this.#shared, words: this.#words, seat: this.#seat };
    const [first = 0, ...rest] = isShared ? slots : slots.map((_, index) => index);
    this.#at = slotAt(this.#shared, first);
    this.#own = this.#at + seatAt(this.#seat);
    this.targets = rest.map((slot) => new TargetRoom(counted, slot, bounds));
  }

  get limit(): number {
    return this.targets.reduce((sum, { limit }) => sum + limit, 0);
  }

  /** How many places one caller may have on this thread while others wait. */
  get callerShare(): number {
    return Math.max(1, Math.floor(this.limit / (4 * this.#shared.threads)));
  }

  /** Whether a place that is free is this thread's to take, and not one where others wait. */
  mayGo(rank: number): boolean {
    const own = Atomics.load(this.#words, this.#own + seatWord.callers);
    if (Atomics.load(this.#words, this.#at + slotWord.waiting) === this.#waitingHere()) return true;
    let callers = Math.max(1, own);
    for (let seat = 0; seat < this.#shared.seats; seat += 1) {
      if (seat === this.#seat) continue;
      const other = this.#at + seatAt(seat);
      for (let one = 0; one < rank; one += 1)
        if (Atomics.load(this.#words, other + seatWord.waiting + one) > 0) return false;
      if (Atomics.load(this.#words, other + seatWord.waiting + rank) > 0)
        callers += Atomics.load(this.#words, other + seatWord.callers);
    }
    const share = Math.ceil((this.limit * Math.max(1, own)) / callers);
    return Atomics.load(this.#words, this.#own + seatWord.inflight) < share;
  }

  /** One more request holds a place here, or one less. */
  hold(by: 1 | -1): void {
    Atomics.add(this.#words, this.#own + seatWord.inflight, by);
    if (by === 1) return;
    Atomics.add(this.#words, this.#at + slotWord.released, 1);
    if (Atomics.load(this.#words, this.#at + slotWord.waiting) > this.#waitingHere())
      Atomics.notify(this.#words, this.#at + slotWord.released);
  }

  /** One more of that rank waits here, or one less. @param callers how many callers wait here */
  wait(rank: number, by: 1 | -1, callers: number): void {
    Atomics.add(this.#words, this.#own + seatWord.waiting + rank, by);
    Atomics.add(this.#words, this.#at + slotWord.waiting, by);
    Atomics.store(this.#words, this.#own + seatWord.callers, callers);
  }

  /** Told once when any thread has given a place back, or after a while. */
  whenReleased(told: () => void, mostMs: number): void {
    if (this.#isListening) return;
    const at = this.#at + slotWord.released;
    const waited = Atomics.waitAsync(this.#words, at, Atomics.load(this.#words, at), mostMs);
    if (!waited.async) return;
    this.#isListening = true;
    void waited.value.then(() => {
      this.#isListening = false;
      told();
    });
  }

  #waitingHere(): number {
    let waiting = 0;
    for (let rank = 0; rank < priorities.length; rank += 1)
      waiting += Atomics.load(this.#words, this.#own + seatWord.waiting + rank);
    return waiting;
  }
}

/** Counts how long requests wait and how many are given up, over all threads. */
export class WaitMeter {
  readonly #words: Int32Array;

  constructor({ memory }: SharedConcurrency) {
    this.#words = new Int32Array(memory, 0, priorities.length * meterWords);
  }

  waited(rank: number, ms: number): void {
    const at = waitBoundsMs.findIndex((bound) => ms <= bound);
    this.#add(rank, at === -1 ? waitBoundsMs.length : at, 1);
    this.#add(rank, waitBoundsMs.length + 1, Math.round(ms));
  }

  shed(rank: number): void {
    this.#add(rank, waitBoundsMs.length + 2, 1);
  }

  #add(rank: number, word: number, by: number): void {
    Atomics.add(this.#words, rank * meterWords + word, by);
  }
}
