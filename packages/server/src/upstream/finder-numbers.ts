import { windowNumbers } from "./answer-window.ts";
import { usualTimeNumbers } from "./usual-times.ts";

/** Numbers that a finder keeps: memory of its own, or memory that threads share. */
export const at = {
  limit: 0,
  /** How much slower all operations are than their own normals say. */
  drift: 1,
  meanMs: 2,
  /** `trial` while it is tried out whether fewer at once are answered sooner, or `probe`. */
  isTrying: 3,
  triedRatio: 4,
  triedLimit: 5,
  triedInflight: 6,
  nextTryAt: 7,
  tryGapMs: 8,
  /** By how much the limit grows next, as a part of it: more each time that it did no harm. */
  growth: 9,
  nextProbeAt: 10,
  probeGapMs: 11,
  /** Answers that came while there was little to do: what is normal is known of them. */
  calm: 12,
  window: 13,
  normals: 13 + windowNumbers,
} as const;

export const finderNumbers: number = at.normals + usualTimeNumbers;

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
