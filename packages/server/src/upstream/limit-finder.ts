import type { ConcurrencyBounds } from "@portcullis/guard/policy";
import { AnswerWindow } from "./answer-window.ts";
import { at, type LimitSample } from "./finder-numbers.ts";
import { UsualTimes } from "./usual-times.ts";

/** A probe goes down until nobody waits for anybody any more, and so sees what is normal. */
const [trial, probe] = [1, 2];

const [leastSamples, usualSamples, mostSamples, leastWindowMs] = [24, 48, 250, 40];
/** A trial costs what is not let through meanwhile: it is judged by less. */
const [triedSamples, probedSamples] = [24, 40];
/** How far a mean may be off by chance: nine windows in ten are within. */
const surely = 1.65;
const [full, surelyFull, faster] = [1.25, 1.5, 0.9];
/** From here on some wait for others: the limit grows no more. */
const queued = 1.18;
/** So much quicker, and it was no usual time that was learnt before. */
const muchFaster = 0.7;
/** So few answers of little load say nothing yet of what is normal. */
const leastCalm = 16;
/** Where more than this part fails, the backend is full, however soon it says so. */
const mostFailed = 0.1;
const [slowest, quickest] = [0.05, 1];
/** How far a trial may be from what would be seen if everybody still waited for each other. */
const stillWaiting = 1.3;
/** What is let through beyond what was found: too little costs answers, too much a little time. */
const spare = 1.1;
const [firstGapMs, longestGapMs] = [2000, 60_000];
/** Probes are frequent in the beginning: the first answers of a backend that has just begun lie. */
const firstProbeGapMs = 4000;
/** A probe that differs by less from what was taken for normal has confirmed it. */
const agreeing = 0.2;
/** How far a probe goes down at first: critical requests must still find places. */
const shallow = 0.7;
const longestProbeGapMs = 30_000;
const firstStart = 20;

/**
 * Finds how many requests a backend should work on at once: as many as it answers without letting
 * them wait for each other.
 *
 * Every operation is judged against its own normal time, so that a long report is no overload. When
 * a full window of answers takes surely longer than normal, it is tried out whether fewer at once
 * are answered sooner. If so they have waited for each other, and the limit goes down to what was
 * answered without that. If not, the backend itself has become slower: then fewer at once would only
 * be fewer, and the new time is the normal one. While the limit binds, and nobody waits behind it,
 * it grows, faster each time that it does no harm. Normals are learnt while there is little to do.
 * Where there is much from the beginning, and every now and then, the limit is halved until answers
 * come no sooner, which shows what is normal whatever was taken for it before.
 */
export class LimitFinder {
  readonly #numbers: Float64Array;
  readonly #window: AnswerWindow;
  readonly #usual: UsualTimes;
  readonly #bounds: ConcurrencyBounds;
  readonly #start: number;

  /** @param start where it begins; callers give the same numbers for the same backend */
  constructor(numbers: Float64Array, bounds: ConcurrencyBounds, start = firstStart) {
    this.#numbers = numbers;
    this.#window = new AnswerWindow(numbers.subarray(at.window, at.normals));
    this.#usual = new UsualTimes(numbers.subarray(at.normals));
    this.#bounds = bounds;
    this.#start = start;
    if (this.#get("limit") !== 0) return;
    this.#set("drift", 1);
    this.#set("growth", quickest);
    this.#set("tryGapMs", firstGapMs);
    this.#set("probeGapMs", firstProbeGapMs);
    this.#setLimit(this.#start);
  }

  get limit(): number {
    return Math.floor(this.#get("limit"));
  }

  /** What an operation costs beside the mean of all, as far as its normal time says. */
  costOf(operation: string): number {
    return this.#usual.costOf(operation, this.#get("meanMs") / this.#get("drift"));
  }

  /** @returns whether the limit may have changed */
  note(sample: LimitSample, now: number): boolean {
    const ratio = this.#ratioOf(sample);
    const { inflight, sentAt, tookMs } = sample;
    const mean = this.#get("meanMs");
    this.#set("meanMs", mean === 0 ? tookMs : mean + (tookMs - mean) * 0.02);
    const window = this.#window;
    if (!window.counts(sentAt, now)) return false;
    window.add(ratio, inflight, sample.hasFailed);
    if (window.count < this.#wanted()) return false;
    if (window.lastsMs(now) < Math.max(leastWindowMs, this.#get("meanMs"))) return false;
    this.#judge(now);
    return true;
  }

  /** How many answers are a window. */
  #wanted(): number {
    const limit = this.#get("limit");
    const usual = Math.max(leastSamples, Math.min(usualSamples, 6 * limit), 2 * limit);
    const most = Math.min(mostSamples, usual);
    const kind = this.#get("isTrying");
    if (kind === 0) return most;
    return Math.max(kind === probe ? probedSamples : triedSamples, most / 4);
  }

  #ratioOf({ hasFailed, inflight, operation, tookMs }: LimitSample): number {
    const took = tookMs / this.#get("drift");
    const isCalm = inflight <= Math.max(1, this.#get("limit") / 8);
    if (!hasFailed && isCalm) this.#set("calm", this.#get("calm") + 1);
    if (!hasFailed && (isCalm || !this.#usual.isKnown(operation)))
      this.#usual.learn(operation, took);
    return this.#usual.ratioOf(operation, took);
  }

  #judge(now: number): void {
    const { failed, inflight, ratio, spread } = this.#window.means();
    const limit = this.#get("limit");
    this.#window.begin(now);
    if (failed > mostFailed) {
      this.#set("growth", slowest);
      this.#set("isTrying", 0);
      this.#setLimit(limit * (1 - failed / 2));
      return;
    }
    if (this.#get("isTrying") !== 0) {
      this.#conclude(ratio, inflight, now);
      return;
    }
    const binds = inflight >= 0.85 * Math.floor(limit);
    if (ratio + surely * spread < faster) {
      this.#set("drift", this.#get("drift") * ratio);
      // It may be full all the same, and only less so than when the normal time was learnt.
      if (ratio < muchFaster)
        this.#set("nextProbeAt", Math.min(this.#get("nextProbeAt"), now + firstGapMs));
    }
    const sure = ratio - surely * spread;
    const isSeen = sure > full && now >= this.#get("nextTryAt");
    const isUnsure = binds && this.#isUnsure(now);
    if (binds && (isSeen || isUnsure)) {
      // As many as would be answered without waiting, if what is taken for normal is.
      const enough = inflight / Math.max(1, ratio);
      const fewer = Math.max(limit / 4, sure > full ? enough : enough * shallow);
      this.#try(isUnsure ? probe : trial, ratio, inflight, fewer, now);
    } else if (sure > queued) this.#set("growth", slowest);
    else if (inflight >= 0.6 * Math.floor(limit)) this.#grow(ratio);
  }

  /** Whether it is time to see again what is normal. */
  #isUnsure(now: number): boolean {
    const due = this.#get("nextProbeAt");
    if (due === 0 && this.#get("calm") >= leastCalm) {
      this.#set("nextProbeAt", now + firstGapMs);
      return false;
    }
    return now >= due;
  }

  #grow(ratio: number): void {
    const [limit, part] = [this.#get("limit"), this.#get("growth")];
    this.#set("growth", ratio < 1 + slowest ? Math.min(quickest, part * 2) : slowest);
    this.#setLimit(limit + Math.max(0.5, limit * part));
  }

  #try(kind: number, ratio: number, inflight: number, limit: number, now: number): void {
    this.#set("isTrying", kind);
    this.#set("triedInflight", inflight);
    this.#set("triedRatio", ratio);
    this.#set("triedLimit", this.#get("limit"));
    this.#setLimit(limit);
    this.#settle(now);
  }

  #conclude(ratio: number, inflight: number, now: number): void {
    const [before, limitBefore] = [this.#get("triedRatio"), this.#get("triedLimit")];
    const isProbe = this.#get("isTrying") === probe;
    this.#set("isTrying", 0);
    this.#settle(now);
    // More was sent than was meant to be: shedding is only observed, and nothing was tried.
    if (inflight > this.#get("limit") * 1.5) return;
    const triedInflight = this.#get("triedInflight");
    const expected = (before * inflight) / triedInflight;
    const isWaiting = ratio < expected * stillWaiting;
    const hasAgreed = Math.abs(ratio - 1) < agreeing;
    // Nearer to what is taken for normal than to what would be seen if that was wrong.
    const isSure = hasAgreed && before < surelyFull && ratio > (1 + expected) / 2;
    if (isProbe && isWaiting && !isSure && this.#get("limit") > this.#bounds.least) {
      this.#set("isTrying", probe);
      this.#setLimit(Math.min(this.#get("limit"), inflight) / 2);
      return;
    }
    const gapMs = this.#get("tryGapMs");
    const hasFallen = ratio < (before + Math.max(1 / before, expected)) / 2;
    if (!isWaiting || !hasFallen) this.#set("drift", this.#get("drift") * ratio);
    if (isProbe) {
      const probeGapMs = this.#get("probeGapMs");
      this.#set("nextProbeAt", now + probeGapMs);
      this.#set("probeGapMs", Math.min(longestProbeGapMs, probeGapMs * (hasAgreed ? 4 : 2)));
    }
    if (hasFallen) {
      this.#set("growth", slowest);
      this.#set("tryGapMs", firstGapMs);
      // As many as were answered in the time that one takes (Little's law): what it answered before
      // was all it can.
      const found = (triedInflight * ratio) / before;
      this.#setLimit(Math.min(limitBefore, Math.max(inflight, found) * spare));
      return;
    }
    this.#setLimit(limitBefore);
    this.#set("nextTryAt", now + gapMs);
    this.#set("tryGapMs", Math.min(longestGapMs, gapMs * 2));
  }

  /**
   * What was sent under another limit has yet to leave, and of what was sent since then the quick
   * answers come first: a window that began at once would take the backend for quicker than it is.
   */
  #settle(now: number): void {
    this.#window.sentFrom(now);
    this.#window.begin(now + 2 * this.#get("meanMs"));
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
