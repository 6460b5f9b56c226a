import type { LiveRecord } from "../../stream/stream-event.ts";
import { fieldOf, type RecordedKind } from "./caller-kinds.ts";

/** Requests, and what became of them. */
export interface Counted {
  readonly name: string;
  readonly requests: number;
  readonly observed: number;
  readonly refused: number;
  readonly failed: number;
  readonly last: string;
}

type Counting = { -readonly [K in keyof Counted]: Counted[K] };

/**
 * Counts records by a name each of them has; those without one are left out.
 *
 * @param records the newest first
 */
export function countedBy(
  records: readonly LiveRecord[],
  nameOf: (record: LiveRecord) => string | undefined,
): readonly Counted[] {
  const all = new Map<string, Counting>();
  for (const record of records) {
    const name = nameOf(record);
    if (name === undefined) continue;
    const one = all.get(name) ?? {
      name,
      requests: 0,
      observed: 0,
      refused: 0,
      failed: 0,
      last: record.time,
    };
    const { decisions, outcome } = record;
    one.requests += 1;
    if (outcome === "refused") one.refused += 1;
    else if (outcome === "failed") one.failed += 1;
    else if (decisions.some(({ mode }) => mode === "observe")) one.observed += 1;
    all.set(name, one);
  }
  return [...all.values()].toSorted((a, b) => b.requests - a.requests);
}

/** All of them together; undefined where there is none. */
export const countedAll = (records: readonly LiveRecord[]): Counted | undefined =>
  countedBy(records, () => "all")[0];

/** How often each code was decided, and how. */
export function codesIn(
  records: readonly LiveRecord[],
): readonly { readonly code: string; readonly mode: string; readonly count: number }[] {
  const all = new Map<string, { code: string; mode: string; count: number }>();
  for (const { code, mode } of records.flatMap(({ decisions }) => decisions)) {
    const key = `${mode} ${code}`;
    const one = all.get(key) ?? { code, mode, count: 0 };
    one.count += 1;
    all.set(key, one);
  }
  return [...all.values()].toSorted((a, b) => b.count - a.count);
}

export interface Behind {
  /** Different people, devices or addresses, in the month that has most of them. */
  readonly count: number;
  readonly months: number;
}

/** Within a month one is one word, and in the next another: months are never added together. */
export function behind(records: readonly LiveRecord[], kind: RecordedKind): Behind {
  const months = new Map<string, Set<string>>();
  for (const record of records) {
    const name = record[fieldOf[kind]];
    if (name === undefined) continue;
    const month = record.time.slice(0, 7);
    months.set(month, (months.get(month) ?? new Set()).add(name));
  }
  const sizes = [...months.values()].map(({ size }) => size);
  return { count: Math.max(0, ...sizes), months: sizes.length };
}
