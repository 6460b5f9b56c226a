import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { type DecisionRecord, recordLine } from "@portcullis/guard/records";
import { takePlace } from "../../packages/server/src/watch/kept/place.ts";
import { RecordStore } from "../../packages/server/src/watch/kept/record-store.ts";
import { sqliteEngine } from "../../packages/server/src/watch/kept/sqlite-engine.ts";

const hourMs = 3_600_000;
const dayMs = 24 * hourMs;

export interface Seeding {
  readonly nowMs: number;
  readonly days: number;
  /** Requests in the busiest hour. */
  readonly most: number;
}

const operations = [
  { operation: "listAccounts", method: "GET", path: "/v1/accounts", share: 0.34, ms: 18 },
  { operation: "getAccount", method: "GET", path: "/v1/accounts/{accountId}", share: 0.28, ms: 14 },
  { operation: "listPayments", method: "GET", path: "/v1/payments", share: 0.16, ms: 31 },
  { operation: "getProfile", method: "GET", path: "/v1/profile", share: 0.1, ms: 9 },
  { operation: "createPayment", method: "POST", path: "/v1/payments", share: 0.07, ms: 62 },
  { operation: "login", method: "POST", path: "/v1/sessions", share: 0.05, ms: 120 },
];
const usualBuilds = [
  { app: "harbour-ios", appVersion: "3.4.1", share: 0.45 },
  { app: "harbour-ios", appVersion: "3.3.0", share: 0.12 },
  { app: "harbour-android", appVersion: "3.4.0", share: 0.35 },
  { app: "harbour-android", appVersion: "3.1.2", share: 0.08 },
];
const released = { app: "harbour-ios", appVersion: "3.5.0" };

/** Numbers that are the same in every run (mulberry32). */
function randomFrom(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
}

function pick<T extends { readonly share: number }>(all: readonly T[], at: number): T {
  let rest = at;
  return all.find(({ share }) => (rest -= share) < 0) ?? (all[0] as T);
}

/** People sleep: fewest at four, most at six in the evening. */
const shareOfDay = (atMs: number): number =>
  0.35 + 0.65 * (0.5 - 0.5 * Math.cos((2 * Math.PI * ((atMs % dayMs) / hourMs - 4)) / 24));

/**
 * Records of a bank's week: days and nights, five builds, the usual refusals; and since last evening
 * a release that asks for other people's accounts.
 */
export function* bankRecords({ days, most, nowMs }: Seeding): Generator<DecisionRecord> {
  const random = randomFrom(7);
  const releasedMs = nowMs - 14 * hourMs;
  for (let atMs = nowMs - days * dayMs; atMs < nowMs; atMs += hourMs) {
    const count = Math.round(most * shareOfDay(atMs));
    for (let index = 0; index < count; index += 1) {
      const timeMs = Math.min(atMs + Math.floor((index / count) * hourMs), nowMs - 1000);
      const { method, ms, operation, path } = pick(operations, random());
      const isNew = timeMs > releasedMs && random() < (timeMs - releasedMs) / (40 * hourMs);
      const build = isNew ? released : pick(usualBuilds, random());
      yield recordOf({ timeMs, method, operation, path, ms, build, random });
    }
  }
}

function recordOf(of: {
  readonly timeMs: number;
  readonly method: string;
  readonly operation: string;
  readonly path: string;
  readonly ms: number;
  readonly build: { readonly app: string; readonly appVersion: string };
  readonly random: () => number;
}): DecisionRecord {
  const { build, method, ms, operation, path, random, timeMs } = of;
  const { app, appVersion } = build;
  const isBroken = appVersion === "3.5.0" && operation === "getAccount" && random() < 0.8;
  const [chance, upstreamMs] = [random(), ms * (0.6 + random() * 0.9)];
  const refusal = isBroken
    ? { code: "object-not-yours", status: 404, mode: "enforce" as const }
    : chance < 0.003
      ? { code: "limit-exceeded", status: 429, mode: "enforce" as const }
      : chance < 0.006
        ? { code: "token-expired", status: 401, mode: "enforce" as const }
        : chance < 0.02 && appVersion === "3.1.2"
          ? { code: "proof-missing", status: 200, mode: "observe" as const }
          : undefined;
  const isRefused = refusal?.mode === "enforce";
  const status = refusal?.status ?? (chance > 0.998 ? 502 : 200);
  return {
    time: new Date(timeMs).toISOString(),
    traceId: Array.from({ length: 4 }, () =>
      Math.floor(random() * 0xffffffff)
        .toString(16)
        .padStart(8, "0"),
    ).join(""),
    operation,
    method,
    path,
    apiVersion: "v1",
    app,
    appVersion,
    status,
    upstreamStatus: isRefused ? undefined : status,
    outcome: isRefused ? "refused" : status >= 500 ? "failed" : "passed",
    code: isRefused ? refusal.code : undefined,
    decisions:
      refusal === undefined
        ? []
        : [{ code: refusal.code, mode: refusal.mode, detail: undefined, at: undefined }],
    stripped: undefined,
    unwritten: undefined,
    durationMs: upstreamMs + 0.4,
    upstreamMs: isRefused ? undefined : upstreamMs,
    answerBytes: 640,
    subject: `p${Math.floor(random() * 400).toString(36)}`,
  };
}

/** Records whose every name was made by somebody who wants to see what happens. */
export const hostileRecords = (
  texts: readonly string[],
  nowMs: number,
): readonly DecisionRecord[] =>
  texts.map((text, index) => ({
    ...recordOf({
      timeMs: nowMs - 900,
      method: text,
      operation: text,
      path: text,
      ms: 1,
      build: { app: text, appVersion: text },
      random: () => 0.5,
    }),
    traceId: (index + 1).toString(16).padStart(32, "f"),
    decisions: [
      { code: "object-not-yours", mode: "observe", detail: text, at: [text], rule: text },
    ],
    subject: text,
    device: text,
    address: text,
    client: text,
    stripped: [text],
  }));

const linesAtOnce = 5000;

/** Puts records where a gate that starts in this folder finds them. */
export async function seedRecords(state: string, records: Iterable<DecisionRecord>): Promise<void> {
  const folder = join(state, "records");
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  const place = takePlace(folder, undefined);
  const keeping = {
    rawMs: 40 * dayMs,
    minutesMs: 2 * dayMs,
    hoursMs: 400 * dayMs,
    mostBytes: 2 ** 40,
    passedShare: 1,
  };
  const reports = { opening: () => undefined, opened: () => undefined, say: () => undefined };
  const store = new RecordStore({ folder, engine: sqliteEngine, place, keeping, reports });
  let [lines, first, count]: [string[], number, number] = [[], 0, 0];
  const flush = async (): Promise<void> => {
    await store.add(lines.join(""), first);
    first = count;
    lines = [];
  };
  for (const record of records) {
    lines.push(recordLine(record));
    count += 1;
    if (lines.length === linesAtOnce) await flush();
  }
  await flush();
  await store.rollUp("hours");
  await store.close();
}
