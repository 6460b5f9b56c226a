import type { ConcurrencyBounds } from "@portcullis/guard/policy";

/** Numbers that a finder keeps: memory of its own, or memory that threads share. */
const at = {
  limit: 0,
  /** Answers count that come from this time on. */
  from: 1,
  count: 2,
  ratios: 3,
  squares: 4,
  inflight: 5,
  /** How much slower all operations are than their own normals say. */
  drift: 6,
  meanMs: 7,
  /** 1 while it is tried out whether fewer at once are answered sooner. */
  isTrying: 8,
  triedRatio: 9,
  triedLimit: 10,
  nextTryAt: 11,
  tryGapMs: 12,
  /** 1 until the backend has been full once: the limit doubles until then. */
  isNew: 13,
  nextProbeAt: 14,
  triedInflight: 15,
  /** Answers count to requests that were sent from this time on. */
  sentFrom: 16,
  failed: 17,
  normals: 18,
} as const;

/** Operations whose usual time is kept apart; more of them share. */
const operations = 64;
const wordsEach = 2;
export const finderNumbers: number = at.normals + operations * wordsEach;

const [leastSamples, mostSamples, leastWindowMs] = [48, 250, 40];
/** A trial costs what is not let through meanwhile: it is judged by less. */
const triedSamples = 24;
/** How far a mean may be off by chance: nine windows in ten are within. */
const surely = 1.65;
const [full, faster] = [1.25, 0.9];
/** Where more than this part fails, the backend is full, however soon it says so. */
const mostFailed = 0.1;
const mostRatio = 30;
const growth = 0.05;
const alone = 0.8;
/** What is let through beyond what was found: too little costs answers, too much a little time. */
const spare = 1.1;
const [firstGapMs, longestGapMs] = [2000, 60_000];
const firstStart = 20;
const learnt = 0.05;
const mostCost = 16;

/** One answer of the backend. */
export interface LimitSample {
  readonly operation: string;
  readonly sentAt: number;
  readonly tookMs: number;
  /** How many the backend worked on when it was sent, itself included. */
  readonly inflight: number;
  /** It failed, or was not answered in time. */
  readonly hasFailed: boolean;
}

/**
 * Finds how many requests a backend should work on at once: as many as it answers without letting
 * them wait for each other.
 *
 * Every operation is judged against its own normal time, so that a long report is no overload. When
 * a full window of answers takes surely longer than normal, it is tried out whether fewer at once
 * are answered sooner. If so they have waited for each other, and the limit goes down to what was
 * answered without that. If not, the backend itself has become slower: then fewer at once would only
 * be fewer, and the new time is the normal one. While the limit binds, and nobody waits behind it,
 * it grows. Normals are learnt while there is little to do, and where there is always much, from
 * such a trial every now and then.
 */
export class LimitFinder {
  readonly #numbers: Float64Array;
  readonly #bounds: ConcurrencyBounds;
  readonly #start: number;

  /** @param start where it begins; callers give the same numbers for the same backend */
  constructor(numbers: Float64Array, bounds: ConcurrencyBounds, start = firstStart) {
    this.#numbers = numbers;
    this.#bounds = bounds;
    this.#start = start;
    if (this.#get("limit") !== 0) return;
    this.#set("drift", 1);
    this.#set("isNew", 1);
    this.#set("tryGapMs", firstGapMs);
    this.#setLimit(this.#start);
  }

  get limit(): number {
    return Math.floor(this.#get("limit"));
  }

  /** What an operation costs beside the mean of all, as far as its normal time says. */
  costOf(operation: string): number {
    const slot = at.normals + slotOf(operation) * wordsEach;
    const mean = this.#get("meanMs");
    if (this.#numbers[slot + 1] === 0 || mean === 0) return 1;
    const normal = (this.#numbers[slot] as number) * this.#get("drift");
    return Math.min(mostCost, Math.max(1 / mostCost, normal / mean));
  }

  /** @returns whether the limit may have changed */
  note(sample: LimitSample, now: number): boolean {
    const ratio = this.#ratioOf(sample);
    const { inflight, sentAt, tookMs } = sample;
    const mean = this.#get("meanMs");
    this.#set("meanMs", mean === 0 ? tookMs : mean + (tookMs - mean) * 0.02);
    if (now < this.#get("from") || sentAt < this.#get("sentFrom")) return false;
    this.#set("failed", this.#get("failed") + (sample.hasFailed ? 1 : 0));
    this.#set("count", this.#get("count") + 1);
    this.#set("ratios", this.#get("ratios") + ratio);
    this.#set("squares", this.#get("squares") + ratio * ratio);
    this.#set("inflight", this.#get("inflight") + inflight);
    const usual = Math.min(mostSamples, Math.max(leastSamples, 2 * this.#get("limit")));
    const wanted = this.#get("isTrying") === 1 ? Math.max(triedSamples, usual / 4) : usual;
    if (this.#get("count") < wanted) return false;
    if (now - this.#get("from") < Math.max(leastWindowMs, this.#get("meanMs"))) return false;
    this.#judge(now);
    return true;
  }

  #ratioOf({ hasFailed, inflight, operation, tookMs }: LimitSample): number {
    const slot = at.normals + slotOf(operation) * wordsEach;
    const drift = this.#get("drift");
    const seen = this.#numbers[slot + 1] as number;
    if (!hasFailed && (seen === 0 || inflight <= Math.max(1, this.#get("limit") / 8))) {
      const before = this.#numbers[slot] as number;
      const share = Math.max(learnt, 1 / (seen + 1));
      this.#numbers[slot] = before + (tookMs / drift - before) * share;
      this.#numbers[slot + 1] = seen + 1;
    }
    const normal = Math.max(0.05, (this.#numbers[slot] as number) * drift);
    return Math.min(mostRatio, tookMs / normal);
  }

  #judge(now: number): void {
    const count = this.#get("count");
    const ratio = this.#get("ratios") / count;
    const spread = Math.sqrt(Math.max(0, this.#get("squares") / count - ratio * ratio) / count);
    const inflight = this.#get("inflight") / count;
    const limit = this.#get("limit");
    const failed = this.#get("failed") / count;
    this.#begin(now);
    if (failed > mostFailed) {
      this.#set("isNew", 0);
      this.#set("isTrying", 0);
      this.#setLimit(limit * (1 - failed / 2));
      return;
    }
    if (this.#get("isTrying") === 1) {
      this.#conclude(ratio, inflight, now);
      return;
    }
    const binds = inflight >= 0.85 * Math.floor(limit);
    if (ratio + surely * spread < faster) this.#set("drift", this.#get("drift") * ratio);
    const isFull = ratio - surely * spread > full;
    if (isFull && binds && now >= this.#get("nextTryAt")) {
      this.#set("isNew", 0);
      this.#try(ratio, inflight, Math.max(limit / 4, inflight / ratio), now);
    } else if (binds && !isFull && now >= this.#get("nextProbeAt") && this.#get("isNew") === 0)
      this.#try(ratio, inflight, limit / 2, now);
    else if (binds && !isFull)
      this.#setLimit(this.#get("isNew") === 1 ? limit * 2 : limit + Math.max(0.5, limit * growth));
  }

  #try(ratio: number, inflight: number, limit: number, now: number): void {
    this.#set("isTrying", 1);
    this.#set("triedInflight", inflight);
    this.#set("triedRatio", ratio);
    this.#set("triedLimit", this.#get("limit"));
    this.#setLimit(limit);
    this.#settle(now);
  }

  #conclude(ratio: number, inflight: number, now: number): void {
    const [before, limitBefore] = [this.#get("triedRatio"), this.#get("triedLimit")];
    this.#set("isTrying", 0);
    this.#settle(now);
    // More was sent than was meant to be: shedding is only observed, and nothing was tried.
    if (inflight > this.#get("limit") * 1.5) return;
    const expected = (before * inflight) / limitBefore;
    const hasFallen = ratio < (before + Math.max(1 / before, expected)) / 2;
    const gapMs = this.#get("tryGapMs");
    if (hasFallen) {
      this.#set("tryGapMs", firstGapMs);
      this.#set("nextProbeAt", now + firstGapMs * 5);
      // As many as were answered in the time that one takes (Little's law): what it answered before
      // was all it can.
      const found = (this.#get("triedInflight") * ratio) / before;
      // So few that nobody has waited for another: this is the normal time.
      if (inflight < found * alone) this.#set("drift", this.#get("drift") * ratio);
      this.#setLimit(Math.max(inflight, found) * spare);
      return;
    }
    this.#set("drift", this.#get("drift") * ratio);
    this.#setLimit(limitBefore);
    this.#set("nextTryAt", now + gapMs);
    this.#set("tryGapMs", Math.min(longestGapMs, gapMs * 2));
    this.#set("nextProbeAt", now + Math.max(firstGapMs * 10, gapMs * 2));
  }

  /**
   * What was sent under another limit has yet to leave, and of what was sent since then the quick
   * answers come first: a window that began at once would take the backend for quicker than it is.
   */
  #settle(now: number): void {
    this.#set("sentFrom", now);
    this.#begin(now + 2 * this.#get("meanMs"));
  }

  #begin(from: number): void {
    this.#set("from", from);
    this.#set("count", 0);
    this.#set("failed", 0);
    this.#set("ratios", 0);
    this.#set("squares", 0);
    this.#set("inflight", 0);
  }

  #setLimit(limit: number): void {
    const { least, most } = this.#bounds;
    this.#set("limit", Math.min(most, Math.max(least, limit)));
  }

  #get(name: keyof typeof at): number {
    return this.#numbers[at[name]] as number;
  }

  #set(name: keyof typeof at, value: number): void {
    this.#numbers[at[name]] = value;
  }
}

function slotOf(operation: string): number {
  let hash = 0;
  for (let index = 0; index < operation.length; index += 1)
    hash = Math.imul(hash ^ operation.charCodeAt(index), 0x01000193);
  return (hash >>> 0) % operations;
}
