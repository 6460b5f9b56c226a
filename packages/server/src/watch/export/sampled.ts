import type { DecisionRecord } from "@portcullis/guard/records";

type Sampled = Pick<DecisionRecord, "decisions" | "outcome" | "traceId">;

const digits = 8;
const all = 16 ** digits;

/**
 * Whether a record is one of those that go. What was decided, and what has failed, always goes. Of
 * the rest, it is told by the trace alone, so that logs, traces and other nodes choose the same.
 */
export const isSampled = ({ decisions, outcome, traceId }: Sampled, share: number): boolean =>
  share >= 1 ||
  outcome !== "passed" ||
  (decisions?.length ?? 0) > 0 ||
  Number.parseInt(traceId.slice(-digits), 16) < share * all;
