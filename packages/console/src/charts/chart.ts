import type { Span } from "../address/range.ts";

/** What became of requests, as the grammar of colour has it. */
export type Outcome = "passed" | "observed" | "refused" | "failed";

export interface Stacked {
  readonly name: string;
  readonly outcome: Outcome;
  readonly values: readonly number[];
}

/** Something that happened at a time: a release, a switch, a new policy. */
export interface ChartMark {
  readonly atMs: number;
  readonly what: string;
}

export interface TimeChartData {
  readonly span: Span;
  readonly stepMs: number;
  /** From the ground up. */
  readonly stacked: readonly Stacked[];
  /** The same hours before, as a thin line. */
  readonly before:
    | { readonly name: string; readonly values: readonly (number | undefined)[] }
    | undefined;
  readonly marks: readonly ChartMark[];
}

/** How many steps a span has. */
export const stepsIn = ({ fromMs, toMs }: Span, stepMs: number): number =>
  Math.max(1, Math.ceil((toMs - Math.floor(fromMs / stepMs) * stepMs) / stepMs));

/** Rows of a series at their steps; where none came, nothing was counted. */
export function valuesAt(
  rows: readonly { readonly at: string; readonly count: number }[],
  fromMs: number,
  stepMs: number,
  steps: number,
): readonly number[] {
  const first = Math.floor(fromMs / stepMs);
  const values = Array.from({ length: steps }, () => 0);
  for (const { at, count } of rows) {
    const index = Math.floor(Date.parse(at) / stepMs) - first;
    if (index >= 0 && index < steps) values[index] = (values[index] ?? 0) + count;
  }
  return values;
}
