import type { ListenerBounds } from "./bounds.ts";

/** What the weakest mobile lines carry: bytes a second. */
const weakLine = 2000;
const mostStalls = 4;

/**
 * Whether who owes something does it at the least rate. Time without progress uses up an allowance,
 * progress renews it. Nothing is used up while nothing is due: an event stream on which nothing
 * happens is not slow.
 */
export class Pace {
  readonly #stallMs: number;
  readonly #leastRate: number;
  #leftMs: number;

  constructor({ leastRate, stallMs }: Pick<ListenerBounds, "leastRate" | "stallMs">) {
    this.#stallMs = stallMs;
    this.#leastRate = leastRate;
    this.#leftMs = stallMs;
  }

  /**
   * The system takes an answer in lumps and tells nothing of it in between. A weak line needs longer
   * for a large one than a stall may last, so that a lump allows for the time that it takes there.
   *
   * @returns whether the allowance is used up
   */
  isSlow(due: boolean, bytes: number, elapsedMs: number): boolean {
    if (!due) {
      this.#leftMs = this.#stallMs;
      return false;
    }
    if (bytes > 0) {
      const lumpMs = Math.min((bytes / weakLine) * 1000, mostStalls * this.#stallMs);
      const earned = this.#leftMs + (bytes / this.#leastRate) * 1000;
      this.#leftMs = Math.max(this.#leftMs, Math.min(earned, Math.max(this.#stallMs, lumpMs)));
    }
    this.#leftMs -= elapsedMs;
    return this.#leftMs <= 0;
  }
}

/**
 * How long what waits as one piece may show no progress of its own: the time that it takes on a line
 * half as fast as a weak one.
 */
export const longestUnseenMs = (bytes: number, stallMs: number): number =>
  Math.max(mostStalls * stallMs, (bytes / (weakLine / 2)) * 1000);
