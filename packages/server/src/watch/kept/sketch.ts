/**
 * Durations in classes that each are two percent wider than the one before (DDSketch, Masson and
 * others, VLDB 2019): a quantile of any sum of sketches is right to one percent, whatever was summed.
 * As text: `class:count`, with commas between.
 */
const gamma = 1.02;
const leastMs = 0.01;

/** SQL for the class of a column of milliseconds, the same in every engine. */
export const classOf = (column: string): string =>
  `CAST(CEIL(LN(CASE WHEN ${column} < ${leastMs} THEN ${leastMs} ELSE ${column} END) / ${Math.log(gamma)}) AS INTEGER)`;

export type Sketch = Map<number, number>;

export function addTo(sketch: Sketch, at: number, count: number): void {
  sketch.set(at, (sketch.get(at) ?? 0) + count);
}

export const sketchText = (sketch: Sketch): string =>
  [...sketch].map(([at, count]) => `${at}:${count}`).join(",");

export function addText(sketch: Sketch, text: string | null): void {
  for (const one of (text ?? "").split(",")) {
    const colon = one.indexOf(":");
    if (colon > 0) addTo(sketch, Number(one.slice(0, colon)), Number(one.slice(colon + 1)));
  }
}

/** @returns milliseconds; undefined of nothing */
export function quantile(sketch: Sketch, share: number): number | undefined {
  const classes = [...sketch].sort(([a], [b]) => a - b);
  const count = classes.reduce((sum, [, one]) => sum + one, 0);
  let left = share * count;
  for (const [at, one] of classes) {
    left -= one;
    // The middle of the class, by which it is wrong by at most half its width.
    if (left <= 0) return Math.round(((2 * gamma ** at) / (gamma + 1)) * 1000) / 1000;
  }
  return undefined;
}
