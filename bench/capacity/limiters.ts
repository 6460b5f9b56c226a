import { finderNumbers } from "../../packages/server/src/upstream/finder-numbers.ts";
import { LimitFinder } from "../../packages/server/src/upstream/limit-finder.ts";

export interface Answered {
  readonly tookMs: number;
  readonly sentAt: number;
  /** How many the backend worked on when it was sent, itself included. */
  readonly inflight: number;
}

/** Says how many requests a backend should work on at once. */
export interface Limiter {
  readonly limit: number;
  note(answered: Answered, now: number): void;
}

export const fixed = (limit: number): Limiter => ({ limit, note: () => undefined });
export const none = (): Limiter => fixed(Number.POSITIVE_INFINITY);

/** This project's own. */
export function found(start: number): Limiter {
  const finder = new LimitFinder(
    new Float64Array(finderNumbers),
    { least: 2, most: 65_536 },
    start,
  );
  return {
    get limit() {
      return finder.limit;
    },
    note: (answered, now) =>
      void finder.note({ ...answered, operation: "only", hasFailed: false }, now),
  };
}

/**
 * After Netflix's Gradient2: a long and a short average of times, the square root of the limit for
 * a queue, smoothed by a fifth.
 *
 * @param windowMs 0: judged by every sample
 */
export function gradient2(start: number, windowMs: number): Limiter {
  let [limit, long, warm, from, sum, count, most] = [start, 0, 0, 0, 0, 0, 0];
  return {
    get limit() {
      return limit;
    },
    note({ inflight, tookMs }, now) {
      sum += tookMs;
      count += 1;
      most = Math.max(most, inflight);
      if (now - from < windowMs || count < (windowMs === 0 ? 1 : 10)) return;
      const short = sum / count;
      const seen = most;
      [from, sum, count, most] = [now, 0, 0, 0];
      warm += 1;
      long = warm <= 10 ? long + (short - long) / warm : long + (short - long) * (2 / 601);
      if (long / short > 2) long *= 0.95;
      if (seen < limit / 2) return;
      const gradient = Math.max(0.5, Math.min(1, (1.5 * long) / short));
      const wanted = limit * gradient + 4;
      limit = Math.max(20, Math.min(2000, limit * 0.8 + wanted * 0.2));
    },
  };
}

/**
 * After Envoy's gradient controller: the least time is measured every minute with three at once, a
 * tenth of it is forgiven, and the limit is set every tenth of a second by the median.
 */
export function envoyGradient(start: number): Limiter {
  let [limit, least, from, measuringSince, nextMeasureAt] = [start, 0, 0, 0, 0];
  let isMeasuring = true;
  let samples: number[] = [];
  const median = (): number => samples.toSorted((a, b) => a - b)[samples.length >> 1] ?? 0;
  return {
    get limit() {
      return isMeasuring ? 3 : limit;
    },
    note({ sentAt, tookMs }, now) {
      if (isMeasuring) {
        if (sentAt >= measuringSince) samples.push(tookMs);
        if (samples.length < 50) return;
        least = median();
        isMeasuring = false;
        nextMeasureAt = now + 60_000;
        [samples, from] = [[], now];
        return;
      }
      samples.push(tookMs);
      if (now >= nextMeasureAt) {
        isMeasuring = true;
        measuringSince = now;
        samples = [];
        return;
      }
      if (now - from < 100) return;
      const gradient = Math.max(0.5, Math.min(2, (least * 1.1) / median()));
      limit = Math.max(3, Math.min(1000, limit * gradient + Math.sqrt(limit)));
      [samples, from] = [[], now];
    },
  };
}
