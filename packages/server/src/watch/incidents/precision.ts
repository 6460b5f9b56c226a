import type { Mark } from "./incident.ts";

export interface Precision {
  /** Whether a detector may act: people have not found it wrong too often. */
  readonly isTrusted: boolean;
  readonly words: string;
}

const judged = 20;
const least = 0.5;

/**
 * How often a detector was right, of the last twenty that people have marked. A drill says nothing
 * of it.
 *
 * @param marks the newest first
 */
export function precisionOf(marks: readonly Mark[]): Precision {
  const told = marks.filter((mark) => mark !== "expected").slice(0, judged);
  const right = told.filter((mark) => mark === "true").length;
  const isTrusted = told.length < judged || right >= judged * least;
  return {
    isTrusted,
    words: `${right} of ${told.length} were true${isTrusted ? "" : ": back to observe"}`,
  };
}
