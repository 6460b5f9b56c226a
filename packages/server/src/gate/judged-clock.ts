import { steadyMs } from "@portcullis/guard/state";
import type { Clock } from "@portcullis/guard";

const nowMs = 0;
const doubtMs = 1;

/** Memory in which the control thread says what time it is, for all threads of the process. */
export const allocateClock = (): SharedArrayBuffer => new SharedArrayBuffer(16);

/**
 * @param now milliseconds since 1970
 * @param doubt how far another clock is ahead that may be right instead, in milliseconds; 0: none
 */
export function tellTime(memory: SharedArrayBuffer, now: number, doubt: number): void {
  const words = new BigInt64Array(memory);
  Atomics.store(words, nowMs, BigInt(Math.round(now - steadyMs())));
  Atomics.store(words, doubtMs, BigInt(Math.round(doubt)));
}

/** The time as the control thread judges it, at a gate thread. */
export class JudgedClock implements Clock {
  readonly #memory: BigInt64Array;
  /** Of this thread's clock, to the one that all threads share. */
  readonly #here = steadyMs() - performance.now();

  constructor(memory: SharedArrayBuffer) {
    this.#memory = new BigInt64Array(memory);
  }

  nowMs(): number {
    return performance.now() + this.#here + Number(Atomics.load(this.#memory, nowMs));
  }

  doubtSeconds(): number {
    return Math.round(Number(Atomics.load(this.#memory, doubtMs)) / 1000);
  }
}
