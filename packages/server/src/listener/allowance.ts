/** How many seconds' worth may come at once. */
const atOnceSeconds = 6;

/** So much a second, on and on, and six times as much at once. */
export class Allowance {
  readonly #perSecond: number;
  #left: number;
  #at: number;

  constructor(perSecond: number, now: number) {
    this.#perSecond = perSecond;
    this.#left = perSecond * atOnceSeconds;
    this.#at = now;
  }

  /** @returns whether one more is within it */
  take(now: number): boolean {
    this.#refill(now);
    this.#left -= 1;
    return this.#left >= 0;
  }

  isWhole(now: number): boolean {
    this.#refill(now);
    return this.#left === this.#perSecond * atOnceSeconds;
  }

  #refill(now: number): void {
    const earned = ((now - this.#at) / 1000) * this.#perSecond;
    this.#left = Math.min(this.#perSecond * atOnceSeconds, this.#left + earned);
    this.#at = now;
  }
}
