/** Places of its numbers. */
const at = {
  from: 0,
  sentFrom: 1,
  count: 2,
  ratios: 3,
  squares: 4,
  inflight: 5,
  failed: 6,
} as const;
export const windowNumbers = 7;

/** What a window of answers says. */
export interface WindowMeans {
  /** How many times longer than usual the answers took, and how far that may be off by chance. */
  readonly ratio: number;
  readonly spread: number;
  /** How many the backend worked on. */
  readonly inflight: number;
  /** The part that failed, from 0 to 1. */
  readonly failed: number;
}

/** Answers of a backend that are judged together, in numbers that threads may share. */
export class AnswerWindow {
  readonly #numbers: Float64Array;

  constructor(numbers: Float64Array) {
    this.#numbers = numbers;
  }

  get count(): number {
    return this.#numbers[at.count] as number;
  }

  /** For how long answers have been counted, in milliseconds; less than 0: they are not yet. */
  lastsMs(now: number): number {
    return now - (this.#numbers[at.from] as number);
  }

  /** Answers count that come from then on. */
  begin(from: number): void {
    this.#numbers.fill(0, at.count, windowNumbers);
    this.#numbers[at.from] = from;
  }

  /** Only to requests that were sent from then on. */
  sentFrom(time: number): void {
    this.#numbers[at.sentFrom] = time;
  }

  counts(sentAt: number, now: number): boolean {
    return this.lastsMs(now) >= 0 && sentAt >= (this.#numbers[at.sentFrom] as number);
  }

  add(ratio: number, inflight: number, hasFailed: boolean): void {
    const numbers = this.#numbers;
    numbers[at.count] = this.count + 1;
    numbers[at.ratios] = (numbers[at.ratios] as number) + ratio;
    numbers[at.squares] = (numbers[at.squares] as number) + ratio * ratio;
    numbers[at.inflight] = (numbers[at.inflight] as number) + inflight;
    numbers[at.failed] = (numbers[at.failed] as number) + (hasFailed ? 1 : 0);
  }

  means(): WindowMeans {
    const { count } = this;
    const mean = (place: number): number => (this.#numbers[place] as number) / count;
    const ratio = mean(at.ratios);
    const variance = Math.max(0, mean(at.squares) - ratio * ratio);
    const spread = Math.sqrt(variance / count);
    return { ratio, spread, inflight: mean(at.inflight), failed: mean(at.failed) };
  }
}
