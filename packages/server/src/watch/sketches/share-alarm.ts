export interface ShareAlarmOptions {
  /** The share of bad outcomes before anything was learned, of one. */
  readonly usual: number;
  readonly bucketMs: number;
  /** Fewer outcomes in a bucket say nothing. */
  readonly least: number;
  /** Beyond this sum the alarm rings, in standard deviations. */
  readonly height: number;
}

/** What the alarm has heard. */
export interface ShareRise {
  readonly bad: number;
  readonly all: number;
  /** The share that is usual, as it was learned. */
  readonly usual: number;
  /** The sum that crossed the height. */
  readonly sum: number;
}

const drift = 1;
const learning = 0.03;
const frozenAt = 3;
const clampedTo = 3;

/**
 * Hears a lasting rise of the share of bad outcomes of everybody together: a CUSUM over buckets of
 * time (k = 1). It learns what is usual slowly, not while something is unusual, and never more than
 * three times away from where it began: nobody teaches it an attack.
 */
export class ShareAlarm {
  readonly #options: ShareAlarmOptions;
  #usual: number;
  #sum = 0;
  #bad = 0;
  #all = 0;
  #endsMs = Number.NEGATIVE_INFINITY;

  constructor(options: ShareAlarmOptions) {
    this.#options = options;
    this.#usual = options.usual;
  }

  get usual(): number {
    return this.#usual;
  }

  note(isBad: boolean, nowMs: number): ShareRise | undefined {
    this.turn(nowMs);
    this.#all += 1;
    if (!isBad) return undefined;
    this.#bad += 1;
    // What runs is judged at once: who waits for the end of a bucket is minutes late.
    return this.#rise(this.#sum + Math.max(0, this.#deviation() - drift));
  }

  /** Ends the bucket whose time is over. */
  turn(nowMs: number): void {
    if (nowMs < this.#endsMs) return;
    const { bucketMs, least } = this.#options;
    if (this.#all >= least) {
      const deviation = this.#deviation();
      this.#sum = Math.max(0, this.#sum + deviation - drift);
      if (deviation < frozenAt) this.#learn(this.#bad / this.#all);
    }
    this.#bad = 0;
    this.#all = 0;
    this.#endsMs = nowMs + bucketMs - (nowMs % bucketMs);
  }

  /** The clock was set: what was counted spans no known time. */
  void(): void {
    this.#bad = 0;
    this.#all = 0;
    this.#sum = 0;
    this.#endsMs = Number.NEGATIVE_INFINITY;
  }

  #learn(share: number): void {
    const { usual } = this.#options;
    const next = this.#usual + learning * (share - this.#usual);
    this.#usual = Math.min(usual * clampedTo, Math.max(usual / clampedTo, next));
  }

  #deviation(): number {
    const [all, usual] = [this.#all, this.#usual];
    if (all < this.#options.least) return 0;
    return (this.#bad - all * usual) / Math.sqrt(all * usual * (1 - usual));
  }

  #rise(sum: number): ShareRise | undefined {
    if (sum <= this.#options.height) return undefined;
    return { bad: this.#bad, all: this.#all, usual: this.#usual, sum };
  }
}
