import type { DecisionRecord } from "@portcullis/guard/records";
import type { Row } from "./engine.ts";
import type { decisionTable, recordTable, RowOf, Value } from "./tables.ts";

export type RecordRow = RowOf<typeof recordTable>;
export type DecisionRow = RowOf<typeof decisionTable>;

/** Where a record stands among all: which run of which gate has written it, and as its which. */
export interface RecordPlace {
  readonly run: number;
  readonly n: number;
}

/** Words that are looked for in a text of several stand between spaces. */
const between = (words: readonly string[]): string | null =>
  words.length === 0 ? null : ` ${words.join(" ")} `;

const orNull = (value: string | number | undefined): Value => value ?? null;

/** @param weight of how many requests this record is the one that is kept */
export function rowOf(record: DecisionRecord, { n, run }: RecordPlace, weight: number): RecordRow {
  const { decisions } = record;
  const restText = JSON.stringify(restOf(record));
  return {
    at_ms: Date.parse(record.time),
    run,
    n,
    trace: record.traceId,
    operation: record.operation,
    method: record.method,
    path: orNull(record.path),
    api_version: orNull(record.apiVersion),
    app: orNull(record.app),
    app_version: orNull(record.appVersion),
    status: record.status,
    upstream_status: orNull(record.upstreamStatus),
    signed_in: record.signedIn === true ? (record.bound === true ? 2 : 1) : 0,
    outcome: record.outcome,
    code: orNull(record.code),
    duration_ms: record.durationMs,
    upstream_ms: orNull(record.upstreamMs),
    answer_bytes: record.answerBytes,
    address: orNull(record.address),
    subject: orNull(record.subject),
    client: orNull(record.client),
    device: orNull(record.device),
    decided: between(decidedWords(record)),
    objects: between(decisions.flatMap(({ objects = [] }) => objects)),
    owners: between(decisions.flatMap(({ owners = [] }) => owners)),
    rest: restText === "{}" ? null : restText,
    weight,
  };
}

/**
 * Each decision as `code:mode`; beside them `mends:code` and `notes:code` of those that refuse
 * nothing, and `first:key` of controls that this caller would be among the first to meet.
 */
function decidedWords({ decisions, first = [] }: DecisionRecord): readonly string[] {
  return [
    ...decisions.map(({ code, mode }) => `${code}:${mode}`),
    ...decisions.flatMap(({ code, effect }) => (effect === undefined ? [] : `${effect}:${code}`)),
    ...first.map((key) => `first:${key}`),
  ];
}

/** A row for each code and mode that was decided, the one that refused first. */
export function decisionRowsOf(
  record: DecisionRecord,
  { at_ms, n, run, weight }: RecordRow,
): DecisionRow[] {
  const { code: refusal, decisions } = record;
  const pairs = new Map<string, { readonly code: string; readonly mode: string }>();
  for (const { code, mode } of decisions) pairs.set(`${code}:${mode}`, { code, mode });
  return [...pairs.values()]
    .sort((a, b) => Number(b.code === refusal) - Number(a.code === refusal))
    .map(({ code, mode }, index) => ({
      at_ms,
      run,
      n,
      operation: record.operation,
      app: orNull(record.app),
      app_version: orNull(record.appVersion),
      outcome: record.outcome,
      status: record.status,
      code,
      mode,
      is_first: index === 0 ? 1 : 0,
      duration_ms: record.durationMs,
      upstream_ms: orNull(record.upstreamMs),
      weight,
    }));
}

/** What has no column of its own, whatever it is. */
function restOf(record: DecisionRecord & { readonly level?: string }): object {
  const {
    level: _level,
    time: _time,
    traceId: _traceId,
    operation: _operation,
    method: _method,
    path: _path,
    apiVersion: _apiVersion,
    app: _app,
    appVersion: _appVersion,
    status: _status,
    upstreamStatus: _upstreamStatus,
    signedIn: _signedIn,
    bound: _bound,
    outcome: _outcome,
    code: _code,
    durationMs: _durationMs,
    upstreamMs: _upstreamMs,
    answerBytes: _answerBytes,
    address: _address,
    subject: _subject,
    client: _client,
    device: _device,
    decisions,
    ...rest
  } = record;
  return decisions.length === 0 ? rest : { decisions, ...rest };
}

/** The record again, as its line had it. */
export function recordOf(row: Row): DecisionRecord {
  const text = (name: string): string | undefined => (row[name] as string | null) ?? undefined;
  const number = (name: string): number | undefined => (row[name] as number | null) ?? undefined;
  const rest = JSON.parse(text("rest") ?? "{}") as Partial<DecisionRecord>;
  const record: DecisionRecord = {
    time: new Date(row["at_ms"] as number).toISOString(),
    traceId: text("trace") ?? "",
    operation: text("operation") ?? "",
    method: text("method") ?? "",
    path: text("path"),
    apiVersion: text("api_version"),
    app: text("app"),
    appVersion: text("app_version"),
    status: row["status"] as number,
    upstreamStatus: number("upstream_status"),
    signedIn: (row["signed_in"] as number) > 0 ? true : undefined,
    bound: row["signed_in"] === 2 ? true : undefined,
    outcome: text("outcome") as DecisionRecord["outcome"],
    code: text("code"),
    decisions: [],
    stripped: undefined,
    unwritten: undefined,
    durationMs: row["duration_ms"] as number,
    upstreamMs: number("upstream_ms"),
    answerBytes: row["answer_bytes"] as number,
    address: text("address"),
    subject: text("subject"),
    client: text("client"),
    device: text("device"),
    ...rest,
  };
  return Object.fromEntries(
    Object.entries(record).filter(([, value]) => value !== undefined),
  ) as unknown as DecisionRecord;
}
