import type { DecisionRecord } from "@portcullis/guard/records";
import type { RecordFilter } from "./record-filter.ts";

export interface RecordQuestion {
  readonly filter: RecordFilter;
  /** How many at most. */
  readonly most: number;
  /** `next` of the page before. */
  readonly cursor: string | undefined;
}

/** Records that fit, the newest first. */
export interface RecordPage {
  readonly items: readonly DecisionRecord[];
  /** Asks for those behind them; undefined where there are none. */
  readonly next: string | undefined;
  /** What could not be looked at, in words for a person. */
  readonly missing: readonly string[];
}

/** A cursor that nobody has been given. */
export class CursorFault extends Error {}
