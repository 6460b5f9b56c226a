import { namedFields, type NamedAs, type RecordFilter } from "../record-filter.ts";
import { CursorFault, type RecordPage, type RecordQuestion } from "../record-page.ts";
import type { Row } from "./engine.ts";
import type { OpenFiles } from "./open-files.ts";
import { type RecordFiles, spanOf } from "./record-files.ts";
import { recordOf } from "./record-rows.ts";
import type { Value } from "./tables.ts";

/** A part of a WHERE, and the values of its `?`. */
export interface Condition {
  readonly sql: string;
  readonly values: readonly Value[];
}

const allOf = (conditions: readonly Condition[]): Condition => ({
  sql: conditions.length === 0 ? "1 = 1" : conditions.map(({ sql }) => `(${sql})`).join(" AND "),
  values: conditions.flatMap(({ values }) => values),
});

const columnOf = {
  operation: "operation",
  outcome: "outcome",
  app: "app",
  appVersion: "app_version",
  client: "client",
  traceId: "trace",
} as const;

/** Every condition has its values beside it: nothing that somebody asks for stands in the SQL. */
export function conditionOf(filter: RecordFilter): Condition {
  const { code, fromMs, mode, object, owner, status, toMs } = filter;
  const all: Condition[] = [];
  const add = (sql: string, ...values: readonly Value[]): void => void all.push({ sql, values });
  if (fromMs !== undefined) add("at_ms >= ?", fromMs);
  if (toMs !== undefined) add("at_ms < ?", toMs);
  for (const [name, column] of Object.entries(columnOf)) {
    const value = filter[name as keyof typeof columnOf];
    if (value === undefined) continue;
    // What is no trace id is no record's, and DuckDB would not compare it.
    if (column === "trace" && !/^[0-9a-f]{32}$/.test(value)) add("1 = 0");
    else add(`${column} = ?`, value);
  }
  if (status !== undefined)
    add(
      "status >= ? AND status < ?",
      ...(status < 10 ? [status * 100, status * 100 + 100] : [status, status + 1]),
    );
  if (code !== undefined && mode !== undefined) add("instr(decided, ?) > 0", ` ${code}:${mode} `);
  else if (code !== undefined) add("instr(decided, ?) > 0", ` ${code}:`);
  else if (mode !== undefined) add("instr(decided, ?) > 0", `:${mode} `);
  for (const field of namedFields) {
    const asked = filter[field];
    if (asked !== undefined) all.push(isNamed(field, asked));
  }
  if (object !== undefined) all.push(isAmong("objects", object));
  if (owner !== undefined) all.push(isAmong("owners", owner));
  return allOf(all);
}

const isNamed = (column: string, asked: NamedAs): Condition =>
  "is" in asked
    ? { sql: `${column} IN (${asked.is.map(() => "?").join(", ")})`, values: asked.is }
    : { sql: `substr(${column}, 1, ?) = ?`, values: [asked.begins.length, asked.begins] };

const isAmong = (column: string, asked: NamedAs): Condition => {
  const words = "is" in asked ? asked.is.map((one) => ` ${one} `) : [` ${asked.begins}`];
  return { sql: words.map(() => `instr(${column}, ?) > 0`).join(" OR "), values: words };
};

/** Records of one time are told apart by who has written them, and as their which. */
type Place = readonly [atMs: number, run: number, n: number];

const placeOf = (row: Row): Place => [
  row["at_ms"] as number,
  row["run"] as number,
  row["n"] as number,
];

const newestFirst = (a: Row, b: Row): number => {
  const [one, other] = [placeOf(a), placeOf(b)];
  return other[0] - one[0] || other[1] - one[1] || other[2] - one[2];
};

function readCursor(cursor: string): Place {
  const [, at, run, n] = /^s(\d{1,15})\.(\d{1,10})\.(\d{1,15})$/.exec(cursor) ?? [];
  if (at === undefined) throw new CursorFault("this cursor is not of these records");
  return [Number(at), Number(run), Number(n)];
}

const behind = ([atMs, run, n]: Place): Condition => ({
  sql: "at_ms < ? OR (at_ms = ? AND (run < ? OR (run = ? AND n < ?)))",
  values: [atMs, atMs, run, run, n],
});

/**
 * Looks day by day, the newest first, until the page is full.
 *
 * @throws CursorFault
 * @throws DeadlineFault
 */
export async function searchRecords(
  files: RecordFiles,
  open: OpenFiles,
  { cursor, filter, most }: RecordQuestion,
  deadlineMs: number,
): Promise<RecordPage> {
  const after = cursor === undefined ? undefined : readCursor(cursor);
  const toMs = Math.min(
    filter.toMs ?? Number.POSITIVE_INFINITY,
    (after?.[0] ?? Number.POSITIVE_INFINITY) + 1,
  );
  const { sql, values } = allOf([
    conditionOf(filter),
    ...(after === undefined ? [] : [behind(after)]),
  ]);
  const endsAt = performance.now() + deadlineMs;
  const found: Row[] = [];
  const missing: string[] = [];
  const raw = files.all("raw").filter(({ period }) => {
    const span = spanOf(period);
    return span.fromMs < toMs && span.toMs > (filter.fromMs ?? 0);
  });
  for (const period of new Set(raw.map((file) => file.period))) {
    if (found.length > most) break;
    for (const file of raw.filter((one) => one.period === period)) {
      const opened = await open.tryOpen(file);
      if (typeof opened === "string") missing.push(opened);
      else
        found.push(
          ...(await opened.all(
            `SELECT * FROM records WHERE ${sql} ORDER BY at_ms DESC, run DESC, n DESC LIMIT ?`,
            [...values, most + 1],
            Math.max(1, endsAt - performance.now()),
          )),
        );
    }
  }
  const shown = found.sort(newestFirst).slice(0, most);
  const last = shown.at(-1);
  return {
    items: shown.map(recordOf),
    next: found.length > most && last !== undefined ? `s${placeOf(last).join(".")}` : undefined,
    missing,
  };
}
