import { mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type DecisionRecord, recordLine } from "@portcullis/guard/records";
import { takePlace } from "../../../watch/kept/place.ts";
import { RecordStore } from "../../../watch/kept/record-store.ts";
import { sqliteEngine } from "../../../watch/kept/sqlite-engine.ts";
import { prometheusText } from "../../../watch/prometheus.ts";
import { RequestCounts } from "../../../watch/request-counts.ts";
import { reasonLines } from "../why/reason-lines.ts";

/** Everything that was written of the requests, by where it stands. */
export type Sinks = Readonly<Record<string, string>>;

const dayMs = 86_400_000;

/** Writes records to every sink that a gate has, and reads them again. */
export async function sinksOf(records: readonly DecisionRecord[]): Promise<Sinks> {
  const counts = new RequestCounts();
  for (const record of records) counts.add(record);
  const lines = records.map(recordLine).join("");
  return {
    "the lines of records": lines,
    "the metrics": prometheusText(counts.all(), []),
    "what `why` says": records.map(reasonLines).join("\n"),
    "the files of kept records": await keptText(lines),
  };
}

/** As bytes on the disk: what no question shows stands there too. */
async function keptText(lines: string): Promise<string> {
  const folder = mkdtempSync(join(tmpdir(), "portcullis-canary-"));
  try {
    const store = new RecordStore({
      folder,
      engine: sqliteEngine,
      place: takePlace(folder, undefined),
      keeping: {
        rawMs: dayMs,
        minutesMs: dayMs,
        hoursMs: dayMs,
        mostBytes: 2 ** 40,
        passedShare: 1,
      },
      reports: { opening: () => undefined, opened: () => undefined, say: () => undefined },
    });
    await store.add(lines, 0);
    for (const kind of ["minutes", "hours"] as const) await store.rollUp(kind);
    await store.close();
    return readdirSync(folder)
      .map((name) => readFileSync(join(folder, name), "latin1"))
      .join("\n");
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}
