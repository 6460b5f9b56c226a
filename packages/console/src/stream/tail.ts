import type { LiveRecord, StreamEvent } from "./stream-event.ts";

/** The newest records of a stream, and how honest that picture is. */
export interface Tail {
  /** The newest first. */
  readonly rows: readonly TailRow[];
  /** Of so many that came lately, so many were shown. */
  readonly shown: number;
  readonly of: number;
  readonly gap: string | undefined;
  readonly refused: string | undefined;
  readonly isLost: boolean;
  /** Since when nothing came, while it is lost. */
  readonly heardAtMs: number;
}

export interface TailRow {
  readonly id: string;
  readonly record: LiveRecord;
}

/** What is older is found by its address; a page that is left open for a day must not grow. */
export const mostRows = 2000;

export const emptyTail = (nowMs: number): Tail => ({
  rows: [],
  shown: 0,
  of: 0,
  gap: undefined,
  refused: undefined,
  isLost: false,
  heardAtMs: nowMs,
});

/** Many events at once make one new picture: at two hundred records a second, each alone is too many. */
export function addToTail(tail: Tail, events: readonly StreamEvent[], nowMs: number): Tail {
  const known = new Set(tail.rows.slice(0, mostRows).map(({ id }) => id));
  const fresh: TailRow[] = [];
  let next: Tail = { ...tail, shown: 0, of: 0 };
  for (const event of events) {
    if (event.kind === "lost") next = { ...next, isLost: true };
    else next = { ...next, isLost: false, heardAtMs: nowMs };
    if (event.kind === "gap") next = { ...next, gap: event.because };
    if (event.kind === "refused") next = { ...next, refused: event.because };
    if (event.kind === "open") next = { ...next, refused: undefined };
    if (event.kind === "shown") next = { ...next, of: next.of + event.of - event.shown };
    if (event.kind === "record" && !known.has(event.id)) {
      known.add(event.id);
      fresh.push({ id: event.id, record: event.record });
    }
  }
  return {
    ...next,
    shown: fresh.length,
    of: next.of + fresh.length,
    rows: [...fresh.toReversed(), ...tail.rows].slice(0, mostRows),
  };
}
