import { mkdtempSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type DecisionRecord, recordLine } from "@portcullis/guard/records";
import type { RecordFilter } from "../record-filter.ts";
import type { SeriesQuestion } from "../series.ts";
import { duckDbEngine } from "./duckdb-engine.ts";
import type { Engine } from "./engine.ts";
import { takePlace } from "./place.ts";
import { type Keeping, RecordStore } from "./record-store.ts";
import { sqliteEngine } from "./sqlite-engine.ts";

export const deadlineMs = 20_000;
export const at = (time: string): number => Date.parse(time);
export const record = (of: Partial<DecisionRecord> = {}): DecisionRecord => ({
  time: "2026-11-20T10:00:00.000Z",
  traceId: "a".repeat(32),
  operation: "listThings",
  method: "GET",
  path: "/things",
  apiVersion: "v1",
  app: "harbour-ios",
  appVersion: "3.4.1",
  status: 200,
  upstreamStatus: 200,
  outcome: "passed",
  code: undefined,
  decisions: [],
  stripped: undefined,
  unwritten: undefined,
  durationMs: 10,
  upstreamMs: 8,
  answerBytes: 2,
  ...of,
});
export const refused = (of: Partial<DecisionRecord> = {}): DecisionRecord =>
  record({
    status: 404,
    outcome: "refused",
    code: "object-not-yours",
    decisions: [
      { code: "app-missing", mode: "observe", detail: "no 'field'", at: ["header"] },
      {
        code: "object-not-yours",
        mode: "enforce",
        detail: undefined,
        at: undefined,
        objects: ["obj_1", "obj_2"],
        owners: ["own_1"],
      },
    ],
    subject: "sub_1",
    device: "dev_1",
    address: "adr_1",
    upstreamMs: undefined,
    upstreamStatus: undefined,
    ...of,
  });
export const usual: Keeping = {
  rawMs: 7 * 86_400_000,
  minutesMs: 2 * 86_400_000,
  hoursMs: 400 * 86_400_000,
  mostBytes: 2 ** 40,
  passedShare: 1,
};

export const engines: readonly (readonly [string, () => Promise<Engine>])[] = [
  ["DuckDB", duckDbEngine],
  ["SQLite", async () => sqliteEngine],
];

/** A store over one engine, as a test drives it. */
export const beginner =
  (engineOf: () => Promise<Engine>, said: string[]) =>
  async (folder: string, keeping = usual, run?: number) => {
    const reports = {
      opening: () => undefined,
      opened: () => undefined,
      say: (one: string) => said.push(one),
    };
    const place = takePlace(folder, run);
    const store = new RecordStore({ folder, engine: await engineOf(), place, keeping, reports });
    let next = 0;
    return {
      store,
      run: place.run,
      add: async (records: readonly DecisionRecord[], first = next) => {
        next = first + records.length;
        return store.add(records.map(recordLine).join(""), first);
      },
      find: async (filter: RecordFilter, most = 1000, cursor?: string) =>
        store.search({ filter, most, cursor }, deadlineMs),
      series: async (of: Partial<SeriesQuestion>) =>
        (
          await store.series(
            {
              fromMs: at("2026-11-19T00:00:00Z"),
              toMs: at("2026-11-22T00:00:00Z"),
              step: "hour",
              by: [],
              filter: {},
              durations: false,
              ...of,
            },
            deadlineMs,
          )
        ).items,
    };
  };
export const folderOf = (): string => mkdtempSync(join(tmpdir(), "portcullis-kept-"));
