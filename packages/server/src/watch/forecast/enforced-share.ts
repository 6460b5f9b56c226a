import { firstPercent, type HeldMode, readRange } from "@portcullis/guard/modes";

/** What is known of a caller by a record. */
export interface Known {
  /** Undefined where the app does not say its version. */
  readonly version: readonly number[] | undefined;
  /** Whether it is among the first quarter. */
  readonly isFirst: boolean;
}

/**
 * For which share of callers like this one a mode enforces: 0 or 1 where a record tells it, and
 * something between where the mode divides callers by another share than a quarter.
 */
export function enforcedShare(held: HeldMode, known: Known): number {
  if (typeof held === "string") return held === "enforce" ? 1 : 0;
  const whom = "for" in held ? held.for : held.enforce;
  const inside = fits(whom.app, known) ? shareWithin(whom.percent ?? 100, known.isFirst) : 0;
  const within = "for" in held && held.mode !== "enforce" ? 0 : 1;
  const outside = inside === 1 ? 0 : enforcedShare(held.otherwise, known);
  return inside * within + (1 - inside) * outside;
}

function fits(range: string | undefined, { version }: Known): boolean {
  if (range === undefined) return true;
  return version !== undefined && readRange(range)?.(version) === true;
}

/** Of callers in the first quarter, or behind it, how many are in the first so many percent. */
function shareWithin(percent: number, isFirst: boolean): number {
  if (isFirst) return Math.min(1, percent / firstPercent);
  return Math.max(0, (percent - firstPercent) / (100 - firstPercent));
}
