// What keeping records costs: taking them in, what they take of the disk and of memory, and how long
// questions take. `node tools/run.mjs bench/kept-records.ts [RECORDS] [duckdb|sqlite]`.
import { mkdtempSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type DecisionRecord, recordLine } from "@portcullis/guard/records";
import { duckDbEngine } from "../packages/server/src/watch/kept/duckdb-engine.ts";
import { takePlace } from "../packages/server/src/watch/kept/place.ts";
import { RecordStore } from "../packages/server/src/watch/kept/record-store.ts";
import { sqliteEngine } from "../packages/server/src/watch/kept/sqlite-engine.ts";

const [, , count = "1000000", form = "duckdb"] = process.argv;
const records = Number(count);
const dayMs = 86_400_000;
const days = 7;
const beganMs = Date.UTC(2026, 10, 20);
const batchRecords = 2000;
const deadlineMs = 60_000;

let seed = 7;
const random = (): number =>
  (seed = (Math.imul(seed, 1_103_515_245) + 12_345) & 0x7fffffff) / 2 ** 31;
const hex = (letters: number): string =>
  Array.from({ length: letters }, () => Math.floor(random() * 16).toString(16)).join("");
const subjects = Array.from({ length: 20_000 }, () => hex(22));

function lineOf(index: number): string {
  const isRefused = random() < 0.02;
  const code = isRefused ? "object-not-yours" : undefined;
  const record: DecisionRecord = {
    time: new Date(beganMs + Math.floor((index / records) * days * dayMs)).toISOString(),
    traceId: hex(32),
    operation: `operation${Math.floor(random() ** 2 * 40)}`,
    method: "GET",
    path: "/v1/things/{thingId}",
    apiVersion: "v1",
    app: random() < 0.5 ? "harbour-ios" : "harbour-android",
    appVersion: `3.${Math.floor(random() * 8)}.0`,
    status: isRefused ? 404 : 200,
    upstreamStatus: 200,
    signedIn: true,
    outcome: isRefused ? "refused" : "passed",
    code,
    decisions:
      code === undefined
        ? []
        : [{ code, mode: "enforce", detail: undefined, at: undefined, objects: [hex(22)] }],
    stripped: undefined,
    unwritten: undefined,
    durationMs: Math.round(random() ** 3 * 200_000) / 1000,
    upstreamMs: Math.round(random() ** 3 * 150_000) / 1000,
    answerBytes: 900,
    subject: subjects[Math.floor(random() ** 2 * subjects.length)],
    device: hex(22),
  };
  return recordLine(record);
}

const folder = mkdtempSync(join(tmpdir(), "portcullis-kept-bench-"));
const engine = form === "sqlite" ? sqliteEngine : await duckDbEngine();
const store = new RecordStore({
  folder,
  engine,
  place: takePlace(folder, undefined),
  keeping: {
    rawMs: 400 * dayMs,
    minutesMs: 400 * dayMs,
    hoursMs: 400 * dayMs,
    mostBytes: 2 ** 40,
    passedShare: 1,
  },
  reports: { opening: () => undefined, opened: () => undefined, say: console.error },
});

const spent = { ms: 0, cpuMs: 0 };
let mostResident = 0;
let aTrace = "";
for (let first = 0; first < records; first += batchRecords) {
  const lines = Array.from({ length: Math.min(batchRecords, records - first) }, (_, at) =>
    lineOf(first + at),
  );
  aTrace = /"traceId":"(\w+)"/.exec(lines[0] ?? "")?.[1] ?? aTrace;
  const cpu = process.cpuUsage();
  const begun = performance.now();
  await store.add(lines.join(""), first);
  spent.ms += performance.now() - begun;
  const { system, user } = process.cpuUsage(cpu);
  spent.cpuMs += (system + user) / 1000;
  mostResident = Math.max(mostResident, process.memoryUsage.rss());
}
const rows: [string, string][] = [
  ["taken in, CPU µs a record", ((spent.cpuMs * 1000) / records).toFixed(1)],
  ["taken in, µs a record", ((spent.ms * 1000) / records).toFixed(1)],
];
async function timed(what: string, work: () => Promise<unknown>): Promise<void> {
  const begun = performance.now();
  await work();
  rows.push([what, `${(performance.now() - begun).toFixed(0)} ms`]);
  mostResident = Math.max(mostResident, process.memoryUsage.rss());
}
const day = { fromMs: beganMs + 5 * dayMs, toMs: beganMs + 6 * dayMs };
const week = { fromMs: beganMs, toMs: beganMs + days * dayMs };
const asked = { filter: {}, durations: false };
const series = (of: object) =>
  store.series({ ...asked, ...day, step: "hour", by: [], ...of }, deadlineMs);
const search = (filter: object) =>
  store.search({ filter, most: 50, cursor: undefined }, deadlineMs);
await timed("a day by hour and outcome, from records", () => series({ by: ["outcome"] }));
await timed("all counted by the minute", () => store.rollUp("minutes"));
await timed("all counted by the hour", () => store.rollUp("hours"));
await timed("a day by hour and outcome, from counts", () => series({ by: ["outcome"] }));
await timed("a week by operation, version and code, from counts", () =>
  series({ ...week, step: "all", by: ["operation", "appVersion", "code"] }),
);
await timed("a week by hour with quantiles, from counts", () =>
  series({ ...week, durations: true }),
);
await timed("the newest 50 of a code", () => search({ code: "object-not-yours" }));
await timed("the newest 50 of one subject", () => search({ subject: { is: [subjects[9] ?? ""] } }));
await timed("one trace among all", () => search({ traceId: aTrace }));
await timed("what is nowhere", () => search({ traceId: "0".repeat(32) }));
await store.close();
rows.push(["bytes a record, with counts", (store.files.bytes / records).toFixed(0)]);
rows.push(["most resident MB, the generator's too", (mostResident / 1e6).toFixed(0)]);
console.log(`${records} records of ${days} days in ${engine.suffix}`);
for (const [what, figure] of rows) console.log(`${what.padEnd(56)}${figure}`);
