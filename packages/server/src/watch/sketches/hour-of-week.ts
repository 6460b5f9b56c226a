const hourMs = 3_600_000;
const hoursOfWeek = 168;
const hoursOfDay = 24;
/** 1 January 1970 was a Thursday; which day begins a week does not matter here. */
const weekMs = hoursOfWeek * hourMs;
const dayMs = hoursOfDay * hourMs;
const learning = 0.1;
/** Less spread than this is luck. */
const leastSpread = 0.12;
/** So many buckets of an hour say what is usual in it: of one week, or of two days. */
const enoughOfWeek = 10;
const enoughOfDay = 20;

/** What one bucket is, beside those of the same hour before. */
export interface Judged {
  /** How many were to be expected; undefined while too little was learned. */
  readonly expected: number | undefined;
  /** How far the count is above, in deviations of its logarithm; zero while nothing is known. */
  readonly deviation: number;
}

/**
 * How many there usually are at each hour of the week, and of the day until a week has passed:
 * mean and spread of the logarithm, forgetting slowly. Counts are told apart by factors, and not by
 * how many there are: twice as many is as odd at night as at noon.
 */
export class HourOfWeek {
  static readonly bytes = (hoursOfWeek + hoursOfDay) * 3 * 4;
  readonly #mean = new Float32Array(hoursOfWeek + hoursOfDay);
  readonly #spread = new Float32Array(hoursOfWeek + hoursOfDay);
  readonly #buckets = new Float32Array(hoursOfWeek + hoursOfDay);

  judge(count: number, atMs: number): Judged {
    const slot = this.#slotFor(atMs);
    if (slot === undefined) return { expected: undefined, deviation: 0 };
    const mean = this.#mean[slot] as number;
    const spread = Math.max(
      leastSpread,
      this.#spread[slot] as number,
      1 / Math.sqrt(Math.exp(mean)),
    );
    return { expected: Math.expm1(mean), deviation: (Math.log1p(count) - mean) / spread };
  }

  learn(count: number, atMs: number): void {
    for (const slot of slotsOf(atMs)) this.#learnAt(slot, Math.log1p(count));
  }

  #slotFor(atMs: number): number | undefined {
    const [ofWeek, ofDay] = slotsOf(atMs);
    if ((this.#buckets[ofWeek] as number) >= enoughOfWeek) return ofWeek;
    return (this.#buckets[ofDay] as number) >= enoughOfDay ? ofDay : undefined;
  }

  #learnAt(slot: number, value: number): void {
    const seen = (this.#buckets[slot] as number) + 1;
    this.#buckets[slot] = seen;
    // The first ones are averaged: whichever comes first is not what is usual.
    const weight = Math.max(learning, 1 / seen);
    const mean = this.#mean[slot] as number;
    const off = value - mean;
    this.#mean[slot] = mean + weight * off;
    const spread = this.#spread[slot] as number;
    this.#spread[slot] = seen === 1 ? 0 : spread + weight * (Math.abs(off) * 1.25 - spread);
  }
}

const slotsOf = (atMs: number): readonly [number, number] => [
  Math.floor((atMs % weekMs) / hourMs),
  hoursOfWeek + Math.floor((atMs % dayMs) / hourMs),
];
