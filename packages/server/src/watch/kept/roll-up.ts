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

/** So many at a time: what is counted apart stands in memory. */
const mostAtOnce = 100_000;

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
  for (;;) {
    const records = await open.get(raw);
    const counts = await open.get(countsFileOf(files, kind, raw));
    const before = await progressOf(counts, raw.period);
    const upTo = await endOfPart(records, before);
    if (upTo === undefined) return;
    await addCounts(records, counts, kind, { day: raw.period, before, upTo });
  }
}

/** @returns undefined where nothing has come since */
async function endOfPart(records: OpenFile, before: Progress): Promise<Progress | undefined> {
  const { sql, values } = behindProgress(before);
  const [last] = await records.all(
    `SELECT run, n FROM (SELECT run, n FROM records WHERE ${sql} ORDER BY run, n LIMIT ?) AS part
     ORDER BY run DESC, n DESC LIMIT 1`,
    [...values, mostAtOnce],
    queryMs,
  );
  return last as unknown as Progress | undefined;
}

async function addCounts(
  records: OpenFile,
  counts: OpenFile,
  kind: CountKind,
  part: { readonly day: string; readonly before: Progress; readonly upTo: Progress },
): Promise<void> {
  const { day, upTo } = part;
  const columns = countedBy[kind].map((dimension) => dimensionColumns[dimension]);
  const { sql, values } = behindProgress(part.before);
  const within = [...values, upTo.run, upTo.run, upTo.n];
  const counted = new Counts(columns);
  counted.addRecords(
    await records.all(
      countRecordsSql(
        stepMsOf[kind],
        columns,
        `${sql} AND (run < ? OR (run = ? AND n <= ?))`,
        true,
      ),
      // Both parts of the question have the same conditions.
      [...within, ...within],
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
        day,
        run: upTo.run,
        n: upTo.n,
        requests,
        decided,
        durations: sketchText(durations),
        upstreams: sketchText(upstreams),
      })),
    },
  ]);
}
