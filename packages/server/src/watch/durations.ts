/** Upper bounds of the histograms of durations, in milliseconds. */
export const durationBoundsMs: readonly number[] = [
  1, 2.5, 5, 10, 25, 50, 100, 250, 500, 1000, 2500, 5000, 10_000,
];

/** How long something took, how often. Plain data: it travels between threads. */
export interface Durations {
  count: number;
  sumMs: number;
  /** Cumulative, in the order of `durationBoundsMs`. */
  readonly buckets: number[];
}

export const noDurations = (): Durations => ({
  count: 0,
  sumMs: 0,
  buckets: durationBoundsMs.map(() => 0),
});

export function noteDuration(durations: Durations, ms: number): void {
  durations.count += 1;
  durations.sumMs += ms;
  for (
    let index = durationBoundsMs.length - 1;
    index >= 0 && ms <= (durationBoundsMs[index] as number);
    index -= 1
  )
    durations.buckets[index] = (durations.buckets[index] as number) + 1;
}

export function addDurations(to: Durations, more: Durations): void {
  to.count += more.count;
  to.sumMs += more.sumMs;
  more.buckets.forEach(
    (bucket, index) => (to.buckets[index] = (to.buckets[index] as number) + bucket),
  );
}
