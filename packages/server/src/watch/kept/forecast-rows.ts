import type { DecidedRow, Forecast, ForecastQuestion } from "../forecast/forecast.ts";
import { climb } from "../forecast/ladder.ts";
import type { Row } from "./engine.ts";
import type { OpenFiles } from "./open-files.ts";
import { type RecordFiles, spanOf } from "./record-files.ts";

/** So many callers who were decided alike are told apart; memory must have an end. */
const mostRows = 200_000;

const person = `CASE WHEN subject IS NOT NULL THEN 's' || subject
  WHEN device IS NOT NULL THEN 'd' || device
  WHEN address IS NOT NULL THEN 'a' || address ELSE '' END`;

/**
 * What enforcing controls at one operation would have done, from every record of that time.
 *
 * @throws DeadlineFault
 */
export async function forecastFrom(
  files: RecordFiles,
  open: OpenFiles,
  question: ForecastQuestion,
  deadlineMs: number,
): Promise<Forecast> {
  const { controls, fromMs, operation, toMs } = question;
  const endsAt = performance.now() + deadlineMs;
  const leftMs = (): number => Math.max(1, endsAt - performance.now());
  const codes = [...new Set(controls.flatMap((one) => one.codes))];
  const where = "operation = ? AND at_ms >= ? AND at_ms < ?";
  const values = [operation, fromMs, toMs];
  const isAny = codes.map(() => "instr(decided, ?) > 0").join(" OR ");
  const missing: string[] = [];
  const rows = new Map<string, DecidedRow>();
  const builds = new Map<string, { readonly version: string }>();
  for (const file of files.all("raw")) {
    const span = spanOf(file.period);
    if (span.fromMs >= toMs || span.toMs <= fromMs) continue;
    const opened = await open.tryOpen(file);
    if (typeof opened === "string") {
      missing.push(opened);
      continue;
    }
    for (const { version } of await opened.all(
      `SELECT DISTINCT COALESCE(app_version, '') AS version FROM records WHERE ${where} LIMIT 1000`,
      values,
      leftMs(),
    ))
      builds.set(version as string, { version: version as string });
    if (codes.length === 0) continue;
    const found = await opened.all(
      `SELECT COALESCE(app, '') AS app, COALESCE(app_version, '') AS version, decided, signed_in,
        outcome, ${person} AS person, SUM(weight) AS requests
       FROM records WHERE ${where} AND (${isAny})
       GROUP BY app, app_version, decided, signed_in, outcome, person LIMIT ${mostRows + 1}`,
      [...values, ...codes.map((code) => ` ${code}:`)],
      leftMs(),
    );
    for (const one of found) addRow(rows, one);
    if (rows.size <= mostRows) continue;
    missing.push(`more than ${mostRows} callers were decided about: ask for a shorter time`);
    break;
  }
  return {
    controls: controls.map((control) => climb(control, [...rows.values()], [...builds.values()])),
    missing,
  };
}

/** One caller may stand in several files. */
function addRow(rows: Map<string, DecidedRow>, row: Row): void {
  const key = JSON.stringify([row["app"], row["version"], row["decided"], row["signed_in"]]);
  const name = `${key}${String(row["outcome"])} ${String(row["person"])}`;
  const before = rows.get(name)?.requests ?? 0;
  rows.set(name, {
    app: row["app"] as string,
    version: row["version"] as string,
    decided: row["decided"] as string,
    isBound: row["signed_in"] === 2,
    isRefused: row["outcome"] === "refused",
    person: row["person"] as string,
    requests: before + (row["requests"] as number),
  });
}
