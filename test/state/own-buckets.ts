import {
  type ConcurrentBucket,
  type QuotaBucket,
  type RateBucket,
  rateBucket,
} from "@portcullis/guard/state";

export const bucket = (who: string, intervalMs: number, burst: number, cost = 1): RateBucket =>
  rateBucket("contract", who, { intervalMs, burst, cost });
export const quota = (who: string, most: number, endsInMs: number, cost = 1): QuotaBucket => {
  const atMs = Date.now();
  const endsAtMs = atMs + endsInMs;
  return {
    kind: "quota",
    limit: "quota",
    who,
    cost,
    most,
    onLoss: "local",
    atMs,
    endsAtMs,
    lengthMs: 86_400_000,
  };
};
export const inFlight = (who: string, most: number): ConcurrentBucket => ({
  kind: "concurrent",
  limit: "in flight",
  who,
  cost: 1,
  onLoss: "local",
  most,
});
let made = 0;
/** A key nobody used before, in a state that other tests share. */
export const fresh = (name: string): string =>
  `${name}-${process.pid}-${Date.now()}-${(made += 1)}`;
