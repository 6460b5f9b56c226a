import {
  type Quantiles,
  type Series,
  type SeriesItem,
  type SeriesQuestion,
  seriesSteps,
} from "../series.ts";
import {
  type Counted,
  Counts,
  countRecordsSql,
  dimensionColumns,
  sumCountsSql,
} from "./counting.ts";
import type { OpenFiles } from "./open-files.ts";
import { type RecordFile, type RecordFiles, spanOf } from "./record-files.ts";
import { behindProgress, countedBy, type CountKind, countsFileOf, progressOf } from "./roll-up.ts";
import type { Condition } from "./search.ts";
import { quantile, type Sketch } from "./sketch.ts";

/** Which counts answer a question; undefined where only the records themselves can. */
function countsFor({ by, filter, step }: SeriesQuestion): CountKind | undefined {
  if (step !== "minute") return "hours";
  const asked = [...by, ...(Object.keys(filter) as SeriesQuestion["by"])];
  return asked.every((one) => countedBy.minutes.includes(one)) ? "minutes" : undefined;
}

/** Counts are of whole steps: what a question begins or ends within is counted whole. */
function spanOfQuestion({ fromMs, step, toMs }: SeriesQuestion) {
  const wholeMs =
    step === "minute" ? seriesSteps.minute : step === "day" ? seriesSteps.day : seriesSteps.hour;
  return {
    fromMs: Math.floor(fromMs / wholeMs) * wholeMs,
    toMs: Math.ceil(toMs / wholeMs) * wholeMs,
  };
}

/**
 * Counts of a span: as far as they were made ahead, by those; of what has come since, by the records.
 *
 * @throws DeadlineFault
 */
export async function countSeries(
  files: RecordFiles,
  open: OpenFiles,
  question: SeriesQuestion,
  deadlineMs: number,
): Promise<Pick<Series, "items" | "missing">> {
  const endsAt = performance.now() + deadlineMs;
  const leftMs = (): number => Math.max(1, endsAt - performance.now());
  const kind = countsFor(question);
  const { fromMs, toMs } = spanOfQuestion(question);
  const stepMs = question.step === "all" ? 0 : seriesSteps[question.step];
  const columns = question.by.map((dimension) => dimensionColumns[dimension]);
  const where = conditionOf(question, fromMs, toMs);
  const counts = new Counts(columns);
  const missing = new Set<string>();
  const touches = ({ period }: RecordFile): boolean =>
    spanOf(period).fromMs < toMs && spanOf(period).toMs > fromMs;

  for (const file of kind === undefined ? [] : files.all(kind).filter(touches)) {
    const opened = await open.tryOpen(file);
    if (typeof opened === "string") missing.add(opened);
    else
      counts.addCounts(
        await opened.all(
          sumCountsSql(stepMs, columns, where.sql, question.durations),
          where.values,
          leftMs(),
        ),
      );
  }
  for (const raw of files.all("raw").filter(touches)) {
    const opened = await open.tryOpen(raw);
    const counted = kind === undefined ? undefined : countsFileOf(files, kind, raw);
    const known = files.all(kind).find(({ path }) => path === counted?.path);
    const ahead = known === undefined ? undefined : await open.tryOpen(known);
    // Without its counts, nobody knows which of its records were counted there.
    if (typeof opened === "string" || typeof ahead === "string") {
      missing.add(typeof opened === "string" ? opened : (ahead as string));
      continue;
    }
    const since = behindProgress(
      ahead === undefined ? { run: -1, n: -1 } : await progressOf(ahead, raw.period),
    );
    const values = [...where.values, ...since.values];
    counts.addRecords(
      await opened.all(
        countRecordsSql(stepMs, columns, `${where.sql} AND ${since.sql}`, question.durations),
        question.durations ? [...values, ...values] : values,
        leftMs(),
      ),
    );
  }
  return {
    items: [...counts.all]
      .sort(
        (a, b) => Number(a.key["step_ms"]) - Number(b.key["step_ms"]) || b.requests - a.requests,
      )
      .map((counted) => itemOf(counted, question, fromMs)),
    missing: [...missing],
  };
}

function conditionOf({ filter }: SeriesQuestion, fromMs: number, toMs: number): Condition {
  const asked = Object.entries(filter) as [keyof typeof dimensionColumns, string][];
  return {
    sql: [
      "at_ms >= ?",
      "at_ms < ?",
      ...asked.map(([name]) => `${dimensionColumns[name]} = ?`),
    ].join(" AND "),
    values: [
      fromMs,
      toMs,
      ...asked.map(([name, value]) => (name === "class" ? Number(value) : value)),
    ],
  };
}

function itemOf(
  { decided, durations, key, requests, upstreams }: Counted,
  { by, step }: SeriesQuestion,
  fromMs: number,
): SeriesItem {
  const dimensions = by.flatMap((name) => {
    const value = key[dimensionColumns[name]] ?? "";
    return value === "" ? [] : [[name, String(value)]];
  });
  const [durationMs, upstreamMs] = [quantilesOf(durations), quantilesOf(upstreams)];
  return {
    at: new Date(step === "all" ? fromMs : Number(key["step_ms"])).toISOString(),
    ...(Object.fromEntries(dimensions) as object),
    requests: Math.round(requests),
    decided: Math.round(decided),
    ...(durationMs === undefined ? {} : { durationMs }),
    ...(upstreamMs === undefined ? {} : { upstreamMs }),
  };
}

function quantilesOf(sketch: Sketch): Quantiles | undefined {
  const [p50, p95, p99] = [0.5, 0.95, 0.99].map((share) => quantile(sketch, share));
  return p50 === undefined || p95 === undefined || p99 === undefined
    ? undefined
    : { p50, p95, p99 };
}
