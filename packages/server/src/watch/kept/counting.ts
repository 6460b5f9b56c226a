import type { SeriesDimension } from "../series.ts";
import type { Row } from "./engine.ts";
import { addText, addTo, classOf, type Sketch } from "./sketch.ts";

/** The column of counts that a dimension stands in. */
export const dimensionColumns: Readonly<Record<SeriesDimension, string>> = {
  operation: "operation",
  app: "app",
  appVersion: "app_version",
  outcome: "outcome",
  class: "class",
  code: "code",
  mode: "mode",
};

/** What was counted under one key. */
export interface Counted {
  readonly key: Row;
  requests: number;
  decided: number;
  readonly durations: Sketch;
  readonly upstreams: Sketch;
}

/**
 * Records in the form of counts, one row for each decision and one for each request without any. A
 * request is counted at its first decision, so that it is counted once.
 */
const rawCounts = `(
  SELECT at_ms, run, n, operation, COALESCE(app, '') AS app, COALESCE(app_version, '') AS app_version,
    outcome, CAST((status - status % 100) / 100 AS INTEGER) AS class, '' AS code, '' AS mode,
    weight AS requests, 0 AS decided, duration_ms, upstream_ms
  FROM records WHERE decided IS NULL
  UNION ALL
  SELECT at_ms, run, n, operation, COALESCE(app, '') AS app, COALESCE(app_version, '') AS app_version,
    outcome, CAST((status - status % 100) / 100 AS INTEGER) AS class, code, mode,
    weight * is_first AS requests, weight AS decided, duration_ms, upstream_ms
  FROM decisions
) AS one`;

/** @param stepMs 0 for one step of everything */
const stepOf = (stepMs: number): string =>
  stepMs === 0 ? "0" : `at_ms - at_ms % ${Math.floor(stepMs)}`;

const keysOf = (stepMs: number, columns: readonly string[]): string =>
  [`${stepOf(stepMs)} AS step_ms`, ...columns].join(", ");

const groupBy = (columns: readonly string[], more: readonly string[] = []): string =>
  `GROUP BY ${["step_ms", ...columns, ...more].join(", ")}`;

/** The SQL that counts records; `where` is of the columns of `rawCounts`. */
export function countRecordsSql(
  stepMs: number,
  columns: readonly string[],
  where: string,
  durations: boolean,
): string {
  const keys = keysOf(stepMs, columns);
  if (!durations)
    return `SELECT ${keys}, SUM(requests) AS requests, SUM(decided) AS decided, '' AS part, 0 AS class_ms
      FROM ${rawCounts} WHERE ${where} ${groupBy(columns)}`;
  const part = (name: string, column: string, more: string): string =>
    `SELECT ${keys}, SUM(requests) AS requests, SUM(decided) AS decided, '${name}' AS part, ${classOf(column)} AS class_ms
      FROM ${rawCounts} WHERE ${where} ${more} ${groupBy(columns, ["class_ms"])}`;
  return `${part("duration", "duration_ms", "")} UNION ALL ${part("upstream", "upstream_ms", "AND upstream_ms IS NOT NULL")}`;
}

/** The SQL that sums counts. */
export function sumCountsSql(
  stepMs: number,
  columns: readonly string[],
  where: string,
  durations: boolean,
): string {
  const sketches = durations
    ? ", STRING_AGG(durations, ',') AS durations, STRING_AGG(upstreams, ',') AS upstreams"
    : "";
  return `SELECT ${keysOf(stepMs, columns)}, SUM(requests) AS requests, SUM(decided) AS decided${sketches}
    FROM counts WHERE ${where} ${groupBy(columns)}`;
}

/** Adds up what several files say under the same keys. */
export class Counts {
  readonly #columns: readonly string[];
  readonly #counted = new Map<string, Counted>();

  constructor(columns: readonly string[]) {
    this.#columns = ["step_ms", ...columns];
  }

  get all(): readonly Counted[] {
    return [...this.#counted.values()];
  }

  /** Rows of `countRecordsSql`. */
  addRecords(rows: readonly Row[]): void {
    for (const row of rows) {
      const counted = this.#at(row);
      const requests = row["requests"] as number;
      if (row["part"] !== "upstream") {
        counted.requests += requests;
        counted.decided += row["decided"] as number;
      }
      if (row["part"] === "" || requests === 0) continue;
      addTo(
        row["part"] === "duration" ? counted.durations : counted.upstreams,
        row["class_ms"] as number,
        requests,
      );
    }
  }

  /** Rows of `sumCountsSql`. */
  addCounts(rows: readonly Row[]): void {
    for (const row of rows) {
      const counted = this.#at(row);
      counted.requests += row["requests"] as number;
      counted.decided += row["decided"] as number;
      addText(counted.durations, (row["durations"] as string | null | undefined) ?? null);
      addText(counted.upstreams, (row["upstreams"] as string | null | undefined) ?? null);
    }
  }

  #at(row: Row): Counted {
    const key = Object.fromEntries(this.#columns.map((name) => [name, row[name] ?? null]));
    const name = JSON.stringify(Object.values(key));
    let counted = this.#counted.get(name);
    if (counted === undefined) {
      counted = { key, requests: 0, decided: 0, durations: new Map(), upstreams: new Map() };
      this.#counted.set(name, counted);
    }
    return counted;
  }
}
