/** A limit, and how it is asked. */
export interface Load {
  readonly name: string;
  readonly burst: number;
  readonly intervalMs: number;
  readonly keys: number;
  /** Requests that are sent without a pause, and the pause behind them. */
  readonly together: number;
  readonly pauseMs: number;
}

/** One request that passed: between when it was sent and answered it was counted. */
export type Admitted = readonly [key: number, sentMs: number, answeredMs: number];

export const loads: readonly Load[] = [
  { name: "steady", burst: 100, intervalMs: 1, keys: 4, together: 64, pauseMs: 1 },
  { name: "bursting", burst: 20, intervalMs: 5, keys: 16, together: 512, pauseMs: 20 },
];

/**
 * How many more than burst + rate × length were admitted in the worst window, of any length. A
 * request was counted at some moment between when it was sent and answered, so that a window holds
 * for sure those that were sent and answered in it.
 */
export function excessOf(
  admitted: readonly Admitted[],
  { burst, intervalMs }: Load,
): { readonly excess: number; readonly keys: number } {
  const byKey = new Map<number, Admitted[]>();
  for (const one of admitted) {
    const all = byKey.get(one[0]);
    if (all === undefined) byKey.set(one[0], [one]);
    else all.push(one);
  }
  let excess = Number.NEGATIVE_INFINITY;
  for (const all of byKey.values()) {
    all.sort((one, other) => one[2] - other[2]);
    for (const [, beginMs] of all) {
      let count = 0;
      for (const [, sentMs, answeredMs] of all) {
        if (sentMs < beginMs) continue;
        count += 1;
        excess = Math.max(excess, count - burst - (answeredMs - beginMs) / intervalMs);
      }
    }
  }
  return { excess, keys: byKey.size };
}
