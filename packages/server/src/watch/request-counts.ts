import type { DecisionRecord } from "@portcullis/guard/records";

/**
 * What is counted of requests that agree in everything a team asks about. Plain data: it travels
 * between threads.
 */
export interface RequestCount {
  readonly operation: string;
  readonly app: string;
  readonly appVersion: string;
  readonly statusClass: string;
  readonly outcome: DecisionRecord["outcome"];
  count: number;
  durationMsSum: number;
  /** Cumulative, in the order of `durationBounds`. */
  readonly buckets: number[];
}

type RequestLabels = Pick<
  RequestCount,
  "operation" | "app" | "appVersion" | "statusClass" | "outcome"
>;

export interface DecisionCount {
  readonly operation: string;
  readonly appVersion: string;
  readonly code: string;
  readonly mode: string;
  count: number;
}

export interface Counts {
  readonly requests: RequestCount[];
  readonly decisions: DecisionCount[];
}

/** Upper bounds of the duration histogram, in milliseconds. */
export const durationBoundsMs: readonly number[] = [
  1, 2.5, 5, 10, 25, 50, 100, 250, 500, 1000, 2500, 5000, 10_000,
];

/**
 * App versions are the caller's own claim: without a bound, an attacker who invents one a request
 * would fill the memory and the bill of whoever stores the metrics.
 */
const mostAppVersions = 200;
const mostSeries = 50_000;

const statusClasses: readonly string[] = ["none", "1xx", "2xx", "3xx", "4xx", "5xx"];

export class RequestCounts {
  readonly #requests = new Map<string, RequestCount>();
  /** By operation: where the last request for it was counted. */
  readonly #last = new Map<string, RequestCount>();
  readonly #decisions = new Map<string, DecisionCount>();
  readonly #versions = new Set<string>();

  add(record: DecisionRecord): void {
    const version = this.#versionLabel(record);
    for (const { code, mode } of record.decisions)
      this.#addDecision({ operation: record.operation, appVersion: version, code, mode, count: 1 });
    // The request was counted when the WebSocket was opened.
    if (record.webSocket?.state !== "closed") this.#addRequest(record, version);
  }

  #addRequest(record: DecisionRecord, version: string): void {
    const app = version === "other" ? "other" : (record.app ?? "none");
    const statusClass =
      record.status === 0 ? "none" : (statusClasses[Math.floor(record.status / 100)] ?? "none");
    let row = this.#last.get(record.operation);
    // Requests for one operation mostly come from the same build and end the same way: then nothing
    // is put together and looked up.
    if (
      row === undefined ||
      row.appVersion !== version ||
      row.app !== app ||
      row.statusClass !== statusClass ||
      row.outcome !== record.outcome
    ) {
      const { operation, outcome } = record;
      row = this.#rowFor({ operation, app, appVersion: version, statusClass, outcome });
      this.#last.set(record.operation, row);
    }
    row.count += 1;
    row.durationMsSum += record.durationMs;
    for (
      let index = durationBoundsMs.length - 1;
      index >= 0 && record.durationMs <= (durationBoundsMs[index] as number);
      index -= 1
    )
      row.buckets[index] = (row.buckets[index] as number) + 1;
  }

  /** Where there are too many rows, a request is counted as of another app: none is left out. */
  #rowFor(labels: RequestLabels): RequestCount {
    const { app, appVersion, operation, outcome, statusClass } = labels;
    const key = `${operation}\n${app}\n${appVersion}\n${statusClass}\n${outcome}`;
    let row = this.#requests.get(key);
    if (row !== undefined) return row;
    const isOther = app === "other" && appVersion === "other";
    if (this.#requests.size >= mostSeries && !isOther)
      return this.#rowFor({ ...labels, app: "other", appVersion: "other" });
    row = {
      operation,
      app,
      appVersion,
      statusClass,
      outcome,
      count: 0,
      durationMsSum: 0,
      buckets: durationBoundsMs.map(() => 0),
    };
    this.#requests.set(key, row);
    return row;
  }

  merge(counts: Counts): void {
    for (const row of counts.requests) {
      const mine = this.#rowFor(row);
      mine.count += row.count;
      mine.durationMsSum += row.durationMsSum;
      row.buckets.forEach(
        (bucket, index) => (mine.buckets[index] = (mine.buckets[index] as number) + bucket),
      );
    }
    for (const row of counts.decisions) this.#addDecision(row);
  }

  /** Hands over what was counted since the last time. */
  take(): Counts | undefined {
    if (this.#requests.size === 0 && this.#decisions.size === 0) return undefined;
    const counts: Counts = this.all();
    this.#requests.clear();
    this.#last.clear();
    this.#decisions.clear();
    return counts;
  }

  all(): Counts {
    return { requests: [...this.#requests.values()], decisions: [...this.#decisions.values()] };
  }

  /** How often a problem was decided, whatever its mode. */
  decided(code: string): number {
    let count = 0;
    for (const row of this.#decisions.values()) if (row.code === code) count += row.count;
    return count;
  }

  #addDecision(row: DecisionCount): void {
    const key = `${row.operation}\n${row.appVersion}\n${row.code}\n${row.mode}`;
    const mine = this.#decisions.get(key);
    if (mine !== undefined) mine.count += row.count;
    else if (this.#decisions.size < mostSeries) this.#decisions.set(key, { ...row });
  }

  #versionLabel(record: DecisionRecord): string {
    if (record.appVersion === undefined) return "none";
    if (this.#versions.has(record.appVersion)) return record.appVersion;
    if (this.#versions.size >= mostAppVersions) return "other";
    this.#versions.add(record.appVersion);
    return record.appVersion;
  }
}
