import type { DecisionRecord } from "@portcullis/guard/records";
import { type Build, BuildBudget, other } from "./build-budget.ts";
import { addDurations, type Durations, noDurations, noteDuration } from "./durations.ts";

/**
 * What is counted of requests that agree in everything a team asks about. Plain data: it travels
 * between threads.
 */
export interface RequestCount {
  readonly operation: string;
  readonly app: string;
  readonly appVersion: string;
  /** As it left; 0 where the caller was gone before. */
  readonly status: number;
  readonly outcome: DecisionRecord["outcome"];
  count: number;
}

export interface DecisionCount {
  readonly operation: string;
  readonly app: string;
  readonly appVersion: string;
  readonly code: string;
  readonly mode: string;
  count: number;
}

/** How long the requests for an operation took. */
export interface OperationTimes {
  readonly operation: string;
  /** From arrival to record. */
  readonly whole: Durations;
  /** From what was forwarded to the head of the backend's answer; of those that were forwarded. */
  readonly upstream: Durations;
  /** The rest of each: what the gate itself took, and the caller in sending and reading. */
  readonly gate: Durations;
}

export interface Counts {
  readonly requests: readonly RequestCount[];
  readonly decisions: readonly DecisionCount[];
  readonly times: readonly OperationTimes[];
}

export interface CountingOptions {
  /** Whether the policy that serves has this app. */
  readonly isDeclared?: (app: string) => boolean;
  /** A clock that only goes forward, in milliseconds. */
  readonly now?: () => number;
}

const mostBuilds = 200;
/** Rows of builds. Those of `other` have no bound: operations, codes and statuses are few. */
const mostRows = 20_000;

type Counted = Pick<
  DecisionRecord,
  | "app"
  | "appVersion"
  | "decisions"
  | "durationMs"
  | "operation"
  | "outcome"
  | "signedIn"
  | "status"
  | "upstreamMs"
  | "webSocket"
>;

/**
 * Counts requests by what operators ask about. Every request is counted in every table, whatever is
 * invented: a build without a place in the budget counts as `other`.
 */
export class RequestCounts {
  readonly #builds: BuildBudget;
  readonly #requests = new Map<string, RequestCount>();
  readonly #decisions = new Map<string, DecisionCount>();
  readonly #times = new Map<string, OperationTimes>();
  /** How often each code was decided, of all builds that ever were. */
  readonly #codes = new Map<string, number>();
  /** By operation: where the last request for it was counted. */
  readonly #last = new Map<string, RequestCount>();

  constructor({ isDeclared = () => false, now = () => performance.now() }: CountingOptions = {}) {
    this.#builds = new BuildBudget({
      most: mostBuilds,
      isDeclared,
      now,
      onDropped: (build) => this.#forget(build),
    });
  }

  add(record: Counted): void {
    const { app, appVersion, decisions, operation } = record;
    const build = this.#builds.buildOf(app, appVersion, record.signedIn === true);
    for (const { code, mode } of decisions)
      this.#addDecision({ operation, ...labelsOf(build), code, mode, count: 1 });
    // The request was counted when the WebSocket was opened.
    if (record.webSocket?.state === "closed") return;
    this.#rowAsBefore(record, build).count += 1;
    const { durationMs, upstreamMs } = record;
    const times = this.#timesOf(operation);
    noteDuration(times.whole, durationMs);
    if (upstreamMs !== undefined) noteDuration(times.upstream, upstreamMs);
    noteDuration(times.gate, Math.max(0, durationMs - (upstreamMs ?? 0)));
  }

  merge({ decisions, requests, times }: Counts): void {
    for (const row of requests) {
      const build = this.#builds.buildOf(unlessNone(row.app), unlessNone(row.appVersion), false);
      this.#rowFor(row, build).count += row.count;
    }
    for (const row of decisions) {
      const build = this.#builds.buildOf(unlessNone(row.app), unlessNone(row.appVersion), false);
      this.#addDecision({ ...row, ...labelsOf(build) });
    }
    for (const row of times) {
      const mine = this.#timesOf(row.operation);
      addDurations(mine.whole, row.whole);
      addDurations(mine.upstream, row.upstream);
      addDurations(mine.gate, row.gate);
    }
  }

  /** Hands over what was counted since the last time. */
  take(): Counts | undefined {
    if (this.#requests.size === 0 && this.#decisions.size === 0) return undefined;
    const counts = this.all();
    for (const table of [this.#requests, this.#last, this.#decisions, this.#times, this.#codes])
      table.clear();
    return counts;
  }

  all(): Counts {
    return {
      requests: [...this.#requests.values()],
      decisions: [...this.#decisions.values()],
      times: [...this.#times.values()],
    };
  }

  /** How often a problem was decided, whatever its mode. */
  decided(code: string): number {
    return this.#codes.get(code) ?? 0;
  }

  /**
   * Requests for one operation mostly come from the same build and end the same way: then nothing is
   * put together and looked up.
   */
  #rowAsBefore(record: Counted, build: Build): RequestCount {
    const { operation, outcome, status } = record;
    const last = this.#last.get(operation);
    if (
      last !== undefined &&
      last.appVersion === build.version &&
      last.app === build.app &&
      last.status === status &&
      last.outcome === outcome
    )
      return last;
    const row = this.#rowFor(record, build);
    this.#last.set(operation, row);
    return row;
  }

  #rowFor(
    labels: Pick<RequestCount, "operation" | "status" | "outcome">,
    build: Build,
  ): RequestCount {
    const { operation, outcome, status } = labels;
    const key = `${operation}\n${build.app}\n${build.version}\n${status}\n${outcome}`;
    let row = this.#requests.get(key);
    if (row !== undefined) return row;
    if (this.#requests.size >= mostRows && build !== otherBuild)
      return this.#rowFor(labels, otherBuild);
    row = { operation, ...labelsOf(build), status, outcome, count: 0 };
    this.#requests.set(key, row);
    return row;
  }

  #addDecision(row: DecisionCount): void {
    this.#codes.set(row.code, this.decided(row.code) + row.count);
    this.#addToRow(row);
  }

  #addToRow(row: DecisionCount): void {
    const key = `${row.operation}\n${row.app}\n${row.appVersion}\n${row.code}\n${row.mode}`;
    const mine = this.#decisions.get(key);
    if (mine !== undefined) mine.count += row.count;
    else if (this.#decisions.size < mostRows || row.app === other)
      this.#decisions.set(key, { ...row });
    else this.#addToRow({ ...row, ...labelsOf(otherBuild) });
  }

  #timesOf(operation: string): OperationTimes {
    let times = this.#times.get(operation);
    if (times === undefined)
      this.#times.set(
        operation,
        (times = {
          operation,
          whole: noDurations(),
          upstream: noDurations(),
          gate: noDurations(),
        }),
      );
    return times;
  }

  /** Rows of a build that has lost its place: who reads them sees them end, and nothing jump. */
  #forget({ app, version }: Build): void {
    this.#last.clear();
    for (const table of [this.#requests, this.#decisions])
      for (const [key, row] of table)
        if (row.app === app && row.appVersion === version) table.delete(key);
  }
}

const otherBuild: Build = { app: other, version: other };
const unlessNone = (label: string): string | undefined => (label === "none" ? undefined : label);
const labelsOf = ({ app, version }: Build) => ({ app, appVersion: version });
