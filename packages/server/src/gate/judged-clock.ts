import { steadyMs } from "@portcullis/guard/state";
import type { Clock } from "@portcullis/guard";

const nowMs = 0;
const doubtMs = 1;
const wordBytes = 8;
/** Behind the two: how often something else was said. */
const saidAt = (2 * wordBytes) / 4;

/** Memory in which the control thread says what time it is, for all threads of the process. */
export const allocateClock = (): SharedArrayBuffer => new SharedArrayBuffer(3 * wordBytes);

/**
 * @param now milliseconds since 1970
 * @param doubt how far another clock is ahead that may be right instead, in milliseconds; 0: none
 */
export function tellTime(memory: SharedArrayBuffer, now: number, doubt: number): void {
  const words = new BigInt64Array(memory, 0, 2);
  Atomics.store(words, nowMs, BigInt(Math.round(now - steadyMs())));
  Atomics.store(words, doubtMs, BigInt(Math.round(doubt)));
  Atomics.add(new Int32Array(memory), saidAt, 1);
}

/**
 * The time as the control thread judges it, at a gate thread, in whole milliseconds. What was said is
 * read again when something else is: every request asks.
 */
export class JudgedClock implements Clock {
  readonly #memory: BigInt64Array;
  readonly #said: Int32Array;
  /** Of this thread's clock, to the one that all threads share. */
  readonly #here = steadyMs() - performance.now();
  #seen = -1;
  #aheadMs = 0;
  #doubtSeconds = 0;

  constructor(memory: SharedArrayBuffer) {
    this.#memory = new BigInt64Array(memory, 0, 2);
    this.#said = new Int32Array(memory);
  }

  nowMs(): number {
    this.#look();
    return Math.floor(performance.now() + this.#aheadMs);
  }

  doubtSeconds(): number {
    this.#look();
    return this.#doubtSeconds;
  }

  #look(): void {
    const said = Atomics.load(this.#said, saidAt);
    if (said === this.#seen) return;
    this.#seen = said;
    this.#aheadMs = this.#here + Number(Atomics.load(this.#memory, nowMs));
    this.#doubtSeconds = Math.round(Number(Atomics.load(this.#memory, doubtMs)) / 1000);
  }
}

/** The same at the control thread, for what it judges by the time of the threads. */
export function judgedNow(memory: SharedArrayBuffer): () => number {
  const clock = new JudgedClock(memory);
  return () => clock.nowMs();
}
