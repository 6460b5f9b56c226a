/** What a chart is drawn in: pixels, from the left top. */
export interface Box {
  readonly left: number;
  readonly top: number;
  readonly width: number;
  readonly height: number;
}

const round = (value: number): number => Math.round(value * 10) / 10;

/**
 * Bars that stand on what is below them, as one path: a chart of a month is four paths.
 *
 * @param below where each bar begins, in the same numbers
 */
export function barsPath(
  values: readonly number[],
  below: readonly number[],
  most: number,
  { height, left, top, width }: Box,
): string {
  const each = width / Math.max(values.length, 1);
  const gap = each > 5 ? 1 : 0;
  const yOf = (value: number): number => top + height - (value / most) * height;
  return values
    .map((value, index) => {
      if (!(value > 0)) return "";
      const base = below[index] ?? 0;
      const [x, y] = [left + index * each, yOf(base + value)];
      // What is there is seen: one request among a million still is a line.
      const tall = Math.max(yOf(base) - y, 1);
      return `M${round(x)} ${round(y)}h${round(each - gap)}v${round(tall)}h${-round(each - gap)}z`;
    })
    .join("");
}

/** A line through the middle of each step; it has a hole where nothing is known. */
export function linePath(
  values: readonly (number | undefined)[],
  most: number,
  { height, left, top, width }: Box,
): string {
  const each = width / Math.max(values.length, 1);
  let path = "";
  let isOpen = false;
  for (const [index, value] of values.entries()) {
    if (value === undefined) {
      isOpen = false;
      continue;
    }
    const x = round(left + (index + 0.5) * each);
    const y = round(top + height - (Math.min(value, most) / most) * height);
    path += `${isOpen ? "L" : "M"}${x} ${y}`;
    isOpen = true;
  }
  return path;
}
