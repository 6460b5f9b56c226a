import type { ConcurrencyBounds } from "@portcullis/guard/policy";
import { lockSet } from "@portcullis/guard/state";
import type { LimitSample } from "./finder-numbers.ts";
import { LimitFinder } from "./limit-finder.ts";
import {
  finderAt,
  seatAt,
  seatWord,
  type SharedConcurrency,
  slotAt,
  slotWord,
} from "./shared-concurrency.ts";

/** Which thread counts where. */
export interface CountedAt {
  readonly shared: SharedConcurrency;
  readonly words: Int32Array;
  readonly seat: number;
}

/** What one backend works on, counted over all threads, and how much of that it should be. */
export class TargetRoom {
  readonly #words: Int32Array;
  readonly #at: number;
  readonly #own: number;
  /** Undefined where the limit is a number of the policy. */
  readonly #finder: LimitFinder | undefined;

  constructor({ seat, shared, words }: CountedAt, slot: number, bounds: ConcurrencyBounds) {
    this.#words = words;
    this.#at = slotAt(shared, slot);
    this.#own = this.#at + seatAt(seat);
    const { least, most } = bounds;
    this.#finder =
      least === most
        ? undefined
        : this.#locked(() => new LimitFinder(finderAt(shared, slot), bounds));
    Atomics.store(words, this.#at + slotWord.limit, this.#finder?.limit ?? most);
  }

  /** What the backend has answered, on whichever thread: the limit follows. */
  note(sample: LimitSample, now: number): void {
    const finder = this.#finder;
    if (finder === undefined) return;
    this.#locked(() => {
      if (finder.note(sample, now))
        Atomics.store(this.#words, this.#at + slotWord.limit, finder.limit);
    });
  }

  /** What an operation costs the backend beside the mean of all that it answers. */
  costOf(operation: string): number {
    return this.#finder?.costOf(operation) ?? 1;
  }

  get limit(): number {
    return Atomics.load(this.#words, this.#at + slotWord.limit);
  }

  get inflight(): number {
    return Atomics.load(this.#words, this.#at + slotWord.inflight);
  }

  /** @returns whether there was room; never more than the limit, whichever thread asks */
  tryTake(): boolean {
    const word = this.#at + slotWord.inflight;
    for (;;) {
      const inflight = Atomics.load(this.#words, word);
      if (inflight >= this.limit) return false;
      if (Atomics.compareExchange(this.#words, word, inflight, inflight + 1) !== inflight) continue;
      Atomics.add(this.#words, this.#own + seatWord.inflight, 1);
      return true;
    }
  }

  /** For requests that are not bound. */
  take(): void {
    Atomics.add(this.#words, this.#at + slotWord.inflight, 1);
    Atomics.add(this.#words, this.#own + seatWord.inflight, 1);
  }

  leave(): void {
    Atomics.sub(this.#words, this.#own + seatWord.inflight, 1);
    Atomics.sub(this.#words, this.#at + slotWord.inflight, 1);
  }

  #locked<T>(work: () => T): T {
    lockSet(this.#words, this.#at + slotWord.lock);
    try {
      return work();
    } finally {
      Atomics.store(this.#words, this.#at + slotWord.lock, 0);
      Atomics.notify(this.#words, this.#at + slotWord.lock);
    }
  }
}
