import type { AnswerTo } from "../../api/admin-client.ts";

type Item = AnswerTo<"GET /series">["items"][number];

export const dayMs = 86_400_000;
export const days = 90;
const weekDays = 7;

/** One version of an app, as far back as is looked. */
export interface Build {
  readonly version: string;
  /** Requests of each day, the last day last. */
  readonly byDay: readonly number[];
  readonly week: number;
  readonly weekBefore: number;
  readonly firstMs: number;
  readonly lastMs: number;
}

export interface AppBuilds {
  readonly app: string;
  /** The newest version first. */
  readonly builds: readonly Build[];
}

/** The day at which charts begin, in UTC as counts are. */
export const firstDayMs = (nowMs: number): number =>
  Math.floor(nowMs / dayMs) * dayMs - (days - 1) * dayMs;

/** Apps and their builds out of counts by day; the app with the most requests first. */
export function appsOf(items: readonly Item[], nowMs: number): readonly AppBuilds[] {
  const named = items.filter(
    ({ app, appVersion }) => app !== undefined && appVersion !== undefined,
  );
  return [...Map.groupBy(named, ({ app = "" }) => app)]
    .map(([app, own]) => ({
      app,
      builds: [...Map.groupBy(own, ({ appVersion = "" }) => appVersion)]
        .map(([version, rows]) => buildOf(version, rows, nowMs))
        .toSorted((a, b) => compareVersions(b.version, a.version)),
    }))
    .toSorted((a, b) => all(b) - all(a));
}

const all = ({ builds }: AppBuilds): number =>
  builds.reduce((sum, { byDay }) => sum + total(byDay), 0);

export const total = (counts: readonly number[]): number =>
  counts.reduce((sum, count) => sum + count, 0);

function buildOf(version: string, rows: readonly Item[], nowMs: number): Build {
  const byDay = Array.from({ length: days }, () => 0);
  const first = firstDayMs(nowMs);
  const times = rows.map(({ at }) => Date.parse(at));
  for (const [index, { requests }] of rows.entries()) {
    const day = Math.floor(((times[index] ?? 0) - first) / dayMs);
    if (day >= 0 && day < days) byDay[day] = (byDay[day] ?? 0) + requests;
  }
  return {
    version,
    byDay,
    week: total(byDay.slice(-weekDays)),
    weekBefore: total(byDay.slice(-2 * weekDays, -weekDays)),
    firstMs: Math.min(...times),
    lastMs: Math.max(...times),
  };
}

/** 3.10.0 behind 3.9.0; what is no number stands before every number. */
export function compareVersions(a: string, b: string): number {
  const [ones, others] = [numbersOf(a), numbersOf(b)];
  for (let index = 0; index < Math.max(ones.length, others.length); index += 1) {
    const difference = (ones[index] ?? 0) - (others[index] ?? 0);
    if (difference !== 0) return difference;
  }
  return a < b ? -1 : a > b ? 1 : 0;
}

const numbersOf = (version: string): readonly number[] =>
  version.split(/[.+-]/).map((part) => (/^\d{1,15}$/.test(part) ? Number(part) : -1));

/** Of an app's requests, which share would be refused if this version were the oldest served. */
export function shareOlderThan(
  { builds }: AppBuilds,
  version: string,
): { readonly now: number | undefined; readonly before: number | undefined } {
  const shareOf = (countOf: (build: Build) => number): number | undefined => {
    const [sum, older] = [builds, builds.filter((one) => isOlder(one.version, version))].map(
      (some) => total(some.map(countOf)),
    );
    return sum === undefined || sum === 0 ? undefined : (older ?? 0) / sum;
  };
  return { now: shareOf(({ week }) => week), before: shareOf(({ weekBefore }) => weekBefore) };
}

const isOlder = (one: string, than: string): boolean =>
  one !== than && compareVersions(one, than) < 0;
