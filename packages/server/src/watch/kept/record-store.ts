import type { DecisionRecord } from "@portcullis/guard/records";
import type { Forecast, ForecastQuestion } from "../forecast/forecast.ts";
import type { RecordPage, RecordQuestion } from "../record-page.ts";
import type { Series, SeriesQuestion } from "../series.ts";
import { countSeries } from "./count-series.ts";
import type { Engine } from "./engine.ts";
import { forecastFrom } from "./forecast-rows.ts";
import { OpenFiles, type OpenFilesReports } from "./open-files.ts";
import type { Place } from "./place.ts";
import { dayOf, type RecordFile, RecordFiles, spanOf } from "./record-files.ts";
import { type DecisionRow, decisionRowsOf, type RecordRow, rowOf } from "./record-rows.ts";
import { type CountKind, rollUp } from "./roll-up.ts";
import { searchRecords } from "./search.ts";
import { decisionTable, recordTable, subjectTable } from "./tables.ts";

/** How long what is kept, in milliseconds, and how much of it. */
export interface Keeping {
  readonly rawMs: number;
  readonly minutesMs: number;
  readonly hoursMs: number;
  readonly mostBytes: number;
  /** Which part of the records without any decision is kept. */
  readonly passedShare: number;
}

/** Whom a pseudonym stands for, sealed. */
export type SealedSubject = readonly [pseudonym: string, sealed: string];

export interface RecordStoreParts {
  readonly folder: string;
  readonly engine: Engine;
  readonly place: Place;
  readonly keeping: Keeping;
  readonly reports: OpenFilesReports;
}

/** What is beyond `mostBytes` although nothing old is left. */
export class FullFault extends Error {}

/** Records and counts in a folder, one file for each day: what is no longer kept is deleted whole. */
export class RecordStore {
  readonly #parts: RecordStoreParts;
  readonly #files: RecordFiles;
  readonly #open: OpenFiles;
  /** By day: up to which record each file has all of this run. */
  readonly #written = new Map<string, number>();
  #keeping: Keeping;
  #isFull = false;

  constructor(parts: RecordStoreParts) {
    this.#parts = parts;
    this.#keeping = parts.keeping;
    this.#files = new RecordFiles(parts.folder, parts.engine);
    this.#open = new OpenFiles(parts.engine, this.#files, parts.reports);
  }

  /** The policy has changed. */
  keep(keeping: Keeping): void {
    this.#keeping = keeping;
  }

  get files(): RecordFiles {
    return this.#files;
  }

  /**
   * @param first which record of this run the first line is; lines that stand there already are
   * passed over
   * @returns how many lines are kept, and how many cannot be read or were left out by `sample`
   * @throws FullFault
   */
  async add(
    lines: string,
    first: number,
  ): Promise<{ readonly lines: number; readonly unread: number }> {
    if (this.#isFull) throw new FullFault("what is kept takes more of the disk than it may");
    const all = lines.split("\n");
    if (all.at(-1) === "") all.pop();
    const days = new Map<string, { records: RecordRow[]; decisions: DecisionRow[] }>();
    let unread = 0;
    for (const [index, line] of all.entries()) {
      const record = readLine(line);
      if (record === undefined) unread += 1;
      const weight = record === undefined ? 0 : this.#weightOf(record);
      if (record === undefined || weight === 0) continue;
      const row = rowOf(record, { run: this.#parts.place.run, n: first + index }, weight);
      const day = dayOf(row.at_ms as number);
      let rows = days.get(day);
      if (rows === undefined) days.set(day, (rows = { records: [], decisions: [] }));
      rows.records.push(row);
      rows.decisions.push(...decisionRowsOf(record, row));
    }
    for (const [day, { decisions, records }] of days) {
      const file = this.#ownRaw(day);
      const opened = await this.#open.get(file);
      const before = await this.#writtenOf(day);
      const isNew = ({ n }: { n: unknown }): boolean => (n as number) > before;
      await opened.add([
        { table: recordTable, rows: records.filter(isNew) },
        { table: decisionTable, rows: decisions.filter(isNew) },
      ]);
      this.#written.set(day, first + all.length - 1);
    }
    return { lines: all.length - unread, unread };
  }

  /** In the file of the day on which they have called. */
  async addSubjects(day: string, subjects: readonly SealedSubject[]): Promise<void> {
    const opened = await this.#open.get(this.#ownRaw(day));
    const rows = subjects.map(([pseudonym, sealed]) => ({ pseudonym, sealed }));
    await opened.add([{ table: subjectTable, rows }]);
  }

  /** @returns undefined where nothing of it is kept */
  async sealedSubject(pseudonym: string, deadlineMs: number): Promise<string | undefined> {
    for (const file of this.#files.all("raw")) {
      const opened = await this.#open.tryOpen(file);
      if (typeof opened === "string") continue;
      const [row] = await opened.all(
        "SELECT sealed FROM subjects WHERE pseudonym = ? LIMIT 1",
        [pseudonym],
        deadlineMs,
      );
      if (row !== undefined) return row["sealed"] as string;
    }
    return undefined;
  }

  search(question: RecordQuestion, deadlineMs: number): Promise<RecordPage> {
    return searchRecords(this.#files, this.#open, question, deadlineMs);
  }

  async series(question: SeriesQuestion, deadlineMs: number): Promise<Series> {
    const { items, missing } = await countSeries(this.#files, this.#open, question, deadlineMs);
    return { items, missing, estimated: this.#keeping.passedShare < 1 };
  }

  forecast(question: ForecastQuestion, deadlineMs: number): Promise<Forecast> {
    return forecastFrom(this.#files, this.#open, question, deadlineMs);
  }

  /** Counts what this gate has not counted yet. */
  async rollUp(kind: CountKind): Promise<void> {
    for (const raw of this.#files.all("raw"))
      if (raw.place === this.#parts.place.number) await rollUp(this.#files, this.#open, kind, raw);
  }

  /**
   * Lets go what is older than it may be, and the oldest of what is too much.
   *
   * @returns how many bytes are left
   */
  async tidy(nowMs: number): Promise<number> {
    const { hoursMs, minutesMs, mostBytes, rawMs } = this.#keeping;
    const keptMs = { raw: rawMs, minutes: minutesMs, hours: hoursMs };
    for (const file of this.#files.all())
      if (spanOf(file.period).toMs <= nowMs - keptMs[file.kind]) await this.#drop(file);
    const today = dayOf(nowMs);
    for (const file of this.#files.all("raw").toReversed())
      if (this.#files.bytes > mostBytes && file.period < today) await this.#drop(file);
    const { bytes } = this.#files;
    this.#isFull = bytes > mostBytes;
    await this.#open.closeIdle();
    return bytes;
  }

  async close(): Promise<void> {
    await this.#open.closeAll();
    this.#parts.place.release();
  }

  /** Its records are counted by the hour before they go. */
  async #drop(file: RecordFile): Promise<void> {
    if (file.kind === "raw" && file.place === this.#parts.place.number)
      await rollUp(this.#files, this.#open, "hours", file).catch(() => undefined);
    await this.#open.close(file);
    this.#files.drop(file);
    if (file.kind === "raw") this.#written.delete(file.period);
  }

  #ownRaw(day: string): RecordFile {
    return this.#files.at("raw", day, this.#parts.place.number);
  }

  async #writtenOf(day: string): Promise<number> {
    const known = this.#written.get(day);
    if (known !== undefined) return known;
    const opened = await this.#open.get(this.#ownRaw(day));
    const [row] = await opened.all(
      "SELECT max(n) AS n FROM records WHERE run = ?",
      [this.#parts.place.run],
      60_000,
    );
    return (row?.["n"] ?? -1) as number;
  }

  /** A record with a decision stands for itself; of the others, one stands for those left out. */
  #weightOf({ code, decisions, outcome }: DecisionRecord): number {
    const { passedShare } = this.#keeping;
    if (passedShare >= 1 || code !== undefined || decisions.length > 0 || outcome !== "passed")
      return 1;
    return Math.random() < passedShare ? 1 / passedShare : 0;
  }
}

function readLine(line: string): DecisionRecord | undefined {
  try {
    const record = JSON.parse(line) as DecisionRecord;
    return Number.isNaN(Date.parse(record.time)) ? undefined : record;
  } catch {
    return undefined;
  }
}
