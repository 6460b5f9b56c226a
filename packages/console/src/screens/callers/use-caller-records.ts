import { useMemo } from "preact/hooks";
import { usePlace } from "../../address/place.ts";
import { spanOf } from "../../address/range.ts";
import type { Problem } from "../../api/problem.ts";
import { useAnswer } from "../../api/use-answer.ts";
import { isLiveRecord, type LiveRecord } from "../../stream/stream-event.ts";
import { fieldOf, type RecordedKind } from "./caller-kinds.ts";

/** As many as the admin API gives at once. */
const most = 1000;

export interface CallerRecords {
  /** The newest first, whenever they were; undefined until they have come. */
  readonly all: readonly LiveRecord[] | undefined;
  /** Those in the time of the address. */
  readonly inRange: readonly LiveRecord[];
  /** Whether it is looked at until now, and not until an earlier time. */
  readonly isUntilNow: boolean;
  /** Whether `all` is all that is kept. */
  readonly isAll: boolean;
  /** Whether `inRange` is all of that time. */
  readonly isWhole: boolean;
  readonly missing: readonly string[] | undefined;
  readonly problem: Problem | undefined;
  readonly again: () => void;
}

/** What is kept of somebody: one question, from which everything on the card is counted. */
export function useCallerRecords(kind: RecordedKind, name: string): CallerRecords {
  const { range } = usePlace();
  const { again, problem, value } = useAnswer("GET /records", {
    query: {
      [fieldOf[kind]]: name,
      most: String(most),
      ...(typeof range === "string" ? {} : { to: new Date(range.toMs).toISOString() }),
    },
  });
  return useMemo(() => {
    const items = value?.items as readonly unknown[] | undefined;
    const all = items?.filter(isLiveRecord);
    const { fromMs } = spanOf(range, Date.now());
    const isAll = value?.next === undefined;
    const oldest = all?.at(-1);
    return {
      all,
      inRange: all?.filter(({ time }) => Date.parse(time) >= fromMs) ?? [],
      isUntilNow: typeof range === "string",
      isAll,
      isWhole: isAll || (oldest !== undefined && Date.parse(oldest.time) < fromMs),
      missing: value?.missing,
      problem,
      again,
    };
  }, [value, problem, range]);
}
