/** What stands in a column. Whole numbers are below 2^53; a trace is 32 hexadecimal digits. */
export type ColumnKind = "whole" | "number" | "text" | "trace";

export type Value = number | string | null;

/** A table: its columns in their order. It is made once, and never changed. */
export interface Table {
  readonly name: string;
  readonly columns: Readonly<Record<string, ColumnKind>>;
}

/** Every request, and what of it is asked for. What few records have is JSON, in `rest`. */
export const recordTable = {
  name: "records",
  columns: {
    at_ms: "whole",
    run: "whole",
    n: "whole",
    trace: "trace",
    operation: "text",
    method: "text",
    path: "text",
    api_version: "text",
    app: "text",
    app_version: "text",
    status: "whole",
    upstream_status: "whole",
    /** 0: nobody; 1: somebody; 2: with a credential that is bound to a key. */
    signed_in: "whole",
    outcome: "text",
    code: "text",
    duration_ms: "number",
    upstream_ms: "number",
    answer_bytes: "number",
    address: "text",
    subject: "text",
    client: "text",
    device: "text",
    decided: "text",
    objects: "text",
    owners: "text",
    rest: "text",
    weight: "number",
  },
} as const satisfies Table;

/** Every decision, for counts by code: a request may have several. The first stands for the request. */
export const decisionTable = {
  name: "decisions",
  columns: {
    at_ms: "whole",
    run: "whole",
    n: "whole",
    operation: "text",
    app: "text",
    app_version: "text",
    outcome: "text",
    status: "whole",
    code: "text",
    mode: "text",
    is_first: "whole",
    duration_ms: "number",
    upstream_ms: "number",
    weight: "number",
  },
} as const satisfies Table;

/** Whom pseudonyms stand for, sealed. It is in the file of the day, and goes with it. */
export const subjectTable = {
  name: "subjects",
  columns: { pseudonym: "text", sealed: "text" },
} as const satisfies Table;

/**
 * Counts of a minute or an hour. `day`, `run` and `n` say up to which record of which day's file
 * they count, so that after a crash nothing is counted twice. The same key may stand there several
 * times: its counts are summed.
 */
export const countTable = {
  name: "counts",
  columns: {
    at_ms: "whole",
    day: "text",
    run: "whole",
    n: "whole",
    operation: "text",
    app: "text",
    app_version: "text",
    outcome: "text",
    class: "whole",
    code: "text",
    mode: "text",
    requests: "number",
    decided: "number",
    durations: "text",
    upstreams: "text",
  },
} as const satisfies Table;

/** The tables of each kind of file. */
export const fileKinds = {
  raw: [recordTable, decisionTable, subjectTable],
  minutes: [countTable],
  hours: [countTable],
} as const satisfies Readonly<Record<string, readonly Table[]>>;
export type FileKind = keyof typeof fileKinds;

export type RowOf<T extends Table> = Record<keyof T["columns"], Value>;

/** Rows that are added to one table. */
export interface Added<T extends Table = Table> {
  readonly table: T;
  readonly rows: readonly RowOf<T>[];
}
