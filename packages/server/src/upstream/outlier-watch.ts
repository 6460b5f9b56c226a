/** What an attempt says of the backend that was asked. */
export type BackendOutcome =
  | "answered"
  /** 500, 501, 505 and above: one broken operation answers so, too. */
  | "server-error"
  /** No answer, or one that says that the backend is not there: 502, 503, 504. */
  | "failed";

/** Failures in a row after which a backend rests; a single one does where it has just come back. */
const mostInRow = 5;
/** The share of failures and server errors at which it rests, and of how many at least. */
const mostShare = 0.5;
const leastJudged = 50;
const windowMs = 10_000;
const firstRestMs = 1000;
const longestRestMs = 60_000;
/** A backend that has come back is given its share bit by bit: its caches are cold. */
const slowStartMs = 10_000;
const leastWeight = 0.1;

/**
 * Watches how one backend answers, and says when it should rest (outlier detection). A backend that
 * fails fast is the least busy one, and would draw all requests to itself.
 */
export class OutlierWatch {
  #inRow = 0;
  #asked = 0;
  #bad = 0;
  #windowEndsMs = 0;
  #rests = 0;
  #restsUntilMs = 0;
  #onTrial = false;

  /** @returns whether it should rest now */
  note(outcome: BackendOutcome, nowMs: number): boolean {
    if (this.isResting(nowMs)) return false;
    this.#count(outcome, nowMs);
    if (outcome === "failed") {
      this.#inRow += 1;
      if (this.#inRow >= (this.#onTrial ? 1 : mostInRow)) return true;
    } else {
      this.#inRow = 0;
      if (outcome === "answered") this.#passTrial(nowMs);
    }
    return this.#asked >= leastJudged && this.#bad >= this.#asked * mostShare;
  }

  /** Each rest is twice as long as the one before, as long as there is no good time between them. */
  rest(nowMs: number): void {
    this.#restsUntilMs = nowMs + Math.min(firstRestMs * 2 ** this.#rests, longestRestMs);
    this.#rests += 1;
    this.#onTrial = true;
    this.#inRow = 0;
    this.#asked = 0;
    this.#bad = 0;
  }

  isResting(nowMs: number): boolean {
    return nowMs < this.#restsUntilMs;
  }

  /** The part of its share that it is given, from a tenth to all of it. */
  weight(nowMs: number): number {
    if (this.#rests === 0) return 1;
    return Math.min(1, Math.max(leastWeight, (nowMs - this.#restsUntilMs) / slowStartMs));
  }

  #count(outcome: BackendOutcome, nowMs: number): void {
    if (nowMs >= this.#windowEndsMs) {
      this.#windowEndsMs = nowMs + windowMs;
      this.#asked = 0;
      this.#bad = 0;
    }
    this.#asked += 1;
    if (outcome !== "answered") this.#bad += 1;
  }

  #passTrial(nowMs: number): void {
    this.#onTrial = false;
    if (this.#rests > 0 && nowMs >= this.#restsUntilMs + longestRestMs) this.#rests = 0;
  }
}
