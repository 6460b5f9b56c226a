import type { JSX } from "preact";
import { linePath } from "./shapes.ts";

interface SparkProps {
  readonly values: readonly (number | undefined)[];
  /** The same hours before, thinner. */
  readonly before?: readonly (number | undefined)[];
}

const box = { left: 0, top: 2, width: 200, height: 40 };

/** The shape of a number over time. Its value stands beside it in words, so that this is hidden. */
export function Spark({ before = [], values }: SparkProps): JSX.Element {
  const most = Math.max(...[...values, ...before].map((one) => one ?? 0), 1e-9);
  return (
    <svg class="spark" viewBox="0 0 200 44" preserveAspectRatio="none" aria-hidden="true">
      <path class="before" d={linePath(before, most, box)} />
      <path d={linePath(values, most, box)} />
    </svg>
  );
}
