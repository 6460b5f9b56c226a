/** A share of one, as people write it. */
export const percentOf = (share: number): string => `${Math.round(share * 1000) / 10} %`;

const units: readonly (readonly [number, string])[] = [
  [86_400_000, "day"],
  [3_600_000, "hour"],
  [60_000, "minute"],
  [1000, "second"],
];

/** A time in the largest unit that it is a whole number of. */
export function timeOf(ms: number): string {
  for (const [size, name] of units)
    if (ms >= size && ms % size === 0) {
      const count = ms / size;
      return count === 1 ? `a ${name}`.replace("a hour", "an hour") : `${count} ${name}s`;
    }
  return `${ms} ms`;
}
