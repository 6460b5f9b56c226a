/** Operations whose usual time is kept apart; more of them share. */
const operations = 64;
const wordsEach = 2;
export const usualTimeNumbers: number = operations * wordsEach;

const learnt = 0.05;
const leastMs = 0.05;
const mostRatio = 30;
const mostCost = 16;

/**
 * How long each operation of a backend takes when nobody waits there for anybody, in numbers that
 * threads may share.
 */
export class UsualTimes {
  readonly #numbers: Float64Array;

  constructor(numbers: Float64Array) {
    this.#numbers = numbers;
  }

  /** @param tookMs by a backend that had little to do, or, for want of better, any answer's */
  learn(operation: string, tookMs: number): void {
    const at = placeOf(operation);
    const [before = 0, seen = 0] = this.#numbers.subarray(at, at + wordsEach);
    const share = Math.max(learnt, 1 / (seen + 1));
    this.#numbers[at] = before + (tookMs - before) * share;
    this.#numbers[at + 1] = seen + 1;
  }

  isKnown(operation: string): boolean {
    return this.#numbers[placeOf(operation) + 1] !== 0;
  }

  /** How many times longer than usual it took. */
  ratioOf(operation: string, tookMs: number): number {
    const usual = Math.max(leastMs, this.#numbers[placeOf(operation)] as number);
    return Math.min(mostRatio, tookMs / usual);
  }

  /** What an operation costs beside the mean of all, as far as its usual time says. */
  costOf(operation: string, meanMs: number): number {
    if (!this.isKnown(operation) || meanMs === 0) return 1;
    const usual = this.#numbers[placeOf(operation)] as number;
    return Math.min(mostCost, Math.max(1 / mostCost, usual / meanMs));
  }
}

function placeOf(operation: string): number {
  let hash = 0;
  for (let index = 0; index < operation.length; index += 1)
    hash = Math.imul(hash ^ operation.charCodeAt(index), 0x01000193);
  return ((hash >>> 0) % operations) * wordsEach;
}
