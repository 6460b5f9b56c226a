import { isEvent, type Release } from "./releases/release.ts";
import type { SeriesItem } from "./series.ts";

/** What differs from the same hours a week before, and what it likely comes from. */
export interface Difference {
  readonly operation: string;
  /** `more` or `fewer` requests, or `trouble`: more of them end with this code or class. */
  readonly what: "more" | "fewer" | "trouble";
  readonly code: string | undefined;
  readonly mode: string | undefined;
  /** 4 or 5, where the backend has answered so and no control has said anything. */
  readonly class: string | undefined;
  /** The build that most of it comes with; undefined where it comes with all of them. */
  readonly app: string | undefined;
  readonly appVersion: string | undefined;
  readonly count: number;
  /** How many there would be at the rate of the week before. */
  readonly expected: number;
  /** Requests to the operation. */
  readonly of: number;
  readonly likely: Likely;
}

export interface Likely {
  readonly kind: "release" | "build" | "switch" | "backend" | "callers" | "new";
  readonly app?: string;
  readonly version?: string;
  readonly at?: string;
  readonly switch?: string;
}

/** A mode that somebody has set meanwhile. */
export interface Thrown {
  readonly id: string;
  readonly operation: string;
  readonly createdAtMs: number;
}

export interface Compared {
  /** By operation, app, appVersion, class, code and mode. */
  readonly now: readonly SeriesItem[];
  readonly before: readonly SeriesItem[];
  readonly releases: readonly Release[];
  readonly switches: readonly Thrown[];
  readonly fromMs: number;
  readonly toMs: number;
}

const weekMs = 7 * 86_400_000;
/** In standard deviations of a count: what is less is chance. */
const leastScore = 4;
const leastExcess = 5;
/** A build that has this much of what is too much is whom it comes with. */
const explains = 0.6;
/** Traffic has its own weather: less than this is no news. */
const leastRatio = 1.6;

interface Count {
  count: number;
  readonly builds: Map<string, number>;
}

interface Operation {
  readonly all: Count;
  readonly troubles: Map<string, Count>;
}

/** Those that differ most, the strangest first: not the largest. */
export function differencesOf(compared: Compared, most: number): readonly Difference[] {
  const [now, before] = [byOperation(compared.now), byOperation(compared.before)];
  const found: { readonly difference: Difference; readonly score: number }[] = [];
  for (const [operation, { all, troubles }] of now) {
    const past = before.get(operation);
    const volume = volumeOf(operation, all, past?.all, compared);
    if (volume !== undefined) found.push(volume);
    for (const [key, trouble] of troubles) {
      const pastTrouble = past?.troubles.get(key);
      const rate = past === undefined ? 0 : (pastTrouble?.count ?? 0) / Math.max(past.all.count, 1);
      const expected = rate * all.count;
      const score = (trouble.count - expected) / Math.sqrt(expected + 1);
      if (score < leastScore || trouble.count - expected < leastExcess) continue;
      const build = buildOf(trouble, all, rate);
      const [code = "", mode = "", answered = ""] = key.split(" ");
      const difference = {
        operation,
        what: "trouble" as const,
        code: code === "" ? undefined : code,
        mode: mode === "" ? undefined : mode,
        class: answered === "" ? undefined : answered,
        ...build,
        count: trouble.count,
        expected: Math.round(expected),
        of: all.count,
      };
      found.push({ difference: { ...difference, likely: causeOf(difference, compared) }, score });
    }
  }
  for (const [operation, { all }] of before)
    if (!now.has(operation)) {
      const gone = volumeOf(operation, { count: 0, builds: new Map() }, all, compared);
      if (gone !== undefined) found.push(gone);
    }
  return found
    .toSorted((one, other) => other.score - one.score)
    .slice(0, most)
    .map(({ difference }) => difference);
}

function byOperation(items: readonly SeriesItem[]): ReadonlyMap<string, Operation> {
  const operations = new Map<string, Operation>();
  for (const { app = "", appVersion = "", code, decided, mode, requests, ...item } of items) {
    const name = item.operation ?? "";
    let one = operations.get(name);
    if (one === undefined)
      operations.set(name, (one = { all: { count: 0, builds: new Map() }, troubles: new Map() }));
    const build = `${app} ${appVersion}`;
    add(one.all, build, requests);
    const isTrouble = code !== undefined || Number(item.class) >= 4;
    if (!isTrouble) continue;
    const key = code === undefined ? `  ${item.class}` : `${code} ${mode} `;
    let trouble = one.troubles.get(key);
    if (trouble === undefined) one.troubles.set(key, (trouble = { count: 0, builds: new Map() }));
    add(trouble, build, code === undefined ? requests : decided);
  }
  return operations;
}

function add(count: Count, build: string, by: number): void {
  count.count += by;
  count.builds.set(build, (count.builds.get(build) ?? 0) + by);
}

function volumeOf(operation: string, all: Count, past: Count | undefined, compared: Compared) {
  const [count, expected] = [all.count, past?.count ?? 0];
  const [more, less] = count > expected ? [count, expected] : [expected, count];
  const score = (more - less) / Math.sqrt(less + 1) / 4;
  if (more / Math.max(less, 1) < leastRatio || score < leastScore) return undefined;
  // Before, there was nothing of it at all: a gate that has just begun differs in everything.
  if (compared.before.length === 0) return undefined;
  const difference = {
    operation,
    what: count > expected ? ("more" as const) : ("fewer" as const),
    code: undefined,
    mode: undefined,
    class: undefined,
    app: undefined,
    appVersion: undefined,
    count,
    expected,
    of: count,
  };
  const likely: Likely = expected === 0 ? { kind: "new" } : causeOf(difference, compared);
  return { difference: { ...difference, likely }, score };
}

/** The one build that has most of what is too much, where one has. */
function buildOf(trouble: Count, all: Count, rate: number) {
  let [best, most] = ["", 0];
  let excess = 0;
  for (const [build, count] of trouble.builds) {
    const over = Math.max(count - rate * (all.builds.get(build) ?? 0), 0);
    excess += over;
    if (over > most) [best, most] = [build, over];
  }
  const [app = "", appVersion = ""] = best.split(" ");
  const others = all.builds.size > 1;
  return others && appVersion !== "" && most >= excess * explains
    ? { app, appVersion }
    : { app: undefined, appVersion: undefined };
}

/** The newest thing that has happened to what it is about. */
function causeOf(
  { app, appVersion, class: answered, operation }: Omit<Difference, "likely">,
  { fromMs, releases, switches, toMs }: Compared,
): Likely {
  if (app !== undefined && appVersion !== undefined) {
    const release = releases.find((one) => one.app === app && one.version === appVersion);
    const isNew = release !== undefined && isEvent(release) && release.atMs > toMs - weekMs;
    const at = isNew ? { at: new Date(release.atMs).toISOString() } : {};
    return { kind: isNew ? "release" : "build", app, version: appVersion, ...at };
  }
  const thrown = switches.findLast(
    (one) =>
      (one.operation === "*" || one.operation === operation) &&
      one.createdAtMs > fromMs - weekMs &&
      one.createdAtMs < toMs,
  );
  if (thrown !== undefined)
    return { kind: "switch", switch: thrown.id, at: new Date(thrown.createdAtMs).toISOString() };
  return { kind: answered === "5" ? "backend" : "callers" };
}
