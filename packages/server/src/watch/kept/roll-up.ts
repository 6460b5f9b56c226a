import { type SeriesDimension, seriesSteps } from "../series.ts";
import { Counts, countRecordsSql, dimensionColumns } from "./counting.ts";
import type { OpenFile } from "./engine.ts";
import type { OpenFiles } from "./open-files.ts";
import { monthOf, type RecordFile, type RecordFiles, spanOf } from "./record-files.ts";
import { sketchText } from "./sketch.ts";
import { countTable } from "./tables.ts";

export type CountKind = "minutes" | "hours";

/** What counts by the minute and by the hour tell apart: more by the minute would count nearly each request apart. */
export const countedBy: Readonly<Record<CountKind, readonly SeriesDimension[]>> = {
  minutes: ["operation", "outcome", "class"],
  hours: ["operation", "app", "appVersion", "outcome", "class", "code", "mode"],
};
const stepMsOf: Readonly<Record<CountKind, number>> = {
  minutes: seriesSteps.minute,
  hours: seriesSteps.hour,
};

/** Up to which record something was counted. */
export interface Progress {
  readonly run: number;
  readonly n: number;
}

export const behindProgress = ({ n, run }: Progress) => ({
  sql: "(run > ? OR (run = ? AND n > ?))",
  values: [run, run, n],
});

const queryMs = 60_000;

/** Which file has the counts of a day's records. */
export const countsFileOf = (files: RecordFiles, kind: CountKind, raw: RecordFile): RecordFile =>
  files.at(kind, kind === "minutes" ? raw.period : monthOf(spanOf(raw.period).fromMs), raw.place);

/** @param place of the gate whose records they are: the runs of each place are its own */
export async function progressOf(counts: OpenFile, day: string): Promise<Progress> {
  const [row] = await counts.all(
    "SELECT run, n FROM counts WHERE day = ? ORDER BY run DESC, n DESC LIMIT 1",
    [day],
    queryMs,
  );
  return { run: (row?.["run"] ?? -1) as number, n: (row?.["n"] ?? -1) as number };
}

/**
 * Counts what of a day's records was not counted yet, and says in the same transaction up to where: a
 * record that comes late is counted in its turn, and none twice.
 */
export async function rollUp(
  files: RecordFiles,
  open: OpenFiles,
  kind: CountKind,
  raw: RecordFile,
): Promise<void> {
  const records = await open.get(raw);
  const [last] = await records.all(
    "SELECT run, n FROM records ORDER BY run DESC, n DESC LIMIT 1",
    [],
    queryMs,
  );
  if (last === undefined) return;
  const counts = await open.get(countsFileOf(files, kind, raw));
  const before = await progressOf(counts, raw.period);
  const { n, run } = last as unknown as Progress;
  if (before.run === run && before.n >= n) return;
  const columns = countedBy[kind].map((dimension) => dimensionColumns[dimension]);
  const from = behindProgress(before);
  const counted = new Counts(columns);
  counted.addRecords(
    await records.all(
      countRecordsSql(
        stepMsOf[kind],
        columns,
        `${from.sql} AND (run < ? OR (run = ? AND n <= ?))`,
        true,
      ),
      // Both parts of the question have the same conditions.
      [...from.values, run, run, n, ...from.values, run, run, n],
      queryMs,
    ),
  );
  const none = { app: "", app_version: "", code: "", mode: "" };
  await counts.add([
    {
      table: countTable,
      rows: counted.all.map(({ decided, durations, key, requests, upstreams }) => ({
        ...none,
        ...key,
        at_ms: key["step_ms"] ?? 0,
        day: raw.period,
        run,
        n,
        requests,
        decided,
        durations: sketchText(durations),
        upstreams: sketchText(upstreams),
      })),
    },
  ]);
}
