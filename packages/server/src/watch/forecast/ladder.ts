import { firstPercent, type HeldMode, readVersion } from "@portcullis/guard/modes";
import { enforcedShare, type Known } from "./enforced-share.ts";
import type {
  AskedControl,
  BuildForecast,
  ControlForecast,
  DecidedRow,
  StepForecast,
  StepScope,
} from "./forecast.ts";
import { lowestHarmless, newestVersion } from "./harmless-builds.ts";
import { ReachCounter } from "./reach-counter.ts";

/** A row, as one control is concerned by it. */
interface Judged {
  readonly row: DecidedRow;
  readonly known: Known;
  readonly effect: "refuses" | "mends";
}

/**
 * What enforcing one control would do, build by build and step by step: for the newest builds that
 * meet no refusal, then for a quarter of callers, then for all.
 *
 * @param builds every build that was seen in this time, refused or not
 */
export function climb(
  control: AskedControl,
  rows: readonly DecidedRow[],
  builds: readonly { readonly version: string }[],
): ControlForecast {
  const judged = rows.flatMap((row) => judge(control, row));
  const versions = new Map<string, readonly number[]>();
  for (const { version } of [...builds, ...rows]) {
    const numbers = readVersion(version);
    if (numbers !== undefined) versions.set(version, numbers);
  }
  const scopes = scopesOf([...versions.keys()], judged);
  return {
    key: control.key,
    builds: buildsOf(judged, () => 1),
    steps: scopes.map((scope) => stepOf(control.held, scope, judged, [...versions.values()])),
    unnamed: judged.reduce(
      (sum, { effect, row }) =>
        effect === "refuses" && row.person === "" ? sum + row.requests : sum,
      0,
    ),
  };
}

/** Words of the column `decided`: `code:mode`, and beside it what is known of some of them. */
function judge({ codes, key }: AskedControl, row: DecidedRow): Judged[] {
  const decided = (code: string, word: string): boolean => row.decided.includes(` ${word}${code} `);
  const about = codes.filter(
    (code) => row.decided.includes(` ${code}:`) && !decided(code, "notes:"),
  );
  if (about.length === 0) return [];
  const known = { version: readVersion(row.version), isFirst: decided(key, "first:") };
  const effect = about.every((code) => decided(code, "mends:")) ? "mends" : "refuses";
  // What this control has itself refused was refused by nothing else.
  const isOwn = about.some((code) => row.decided.includes(` ${code}:enforce `));
  return [{ row: isOwn ? { ...row, isRefused: false } : row, known, effect }];
}

/** @param shareOf for which share of these requests it would be new */
function buildsOf(
  judged: readonly Judged[],
  shareOf: (one: Judged) => number,
): readonly BuildForecast[] {
  const counters = new Map<string, { app: string; version: string; counter: ReachCounter }>();
  for (const one of judged) {
    const share = shareOf(one);
    if (share <= 0) continue;
    const { app, version } = one.row;
    const name = `${app}\n${version}`;
    let found = counters.get(name);
    if (found === undefined)
      counters.set(name, (found = { app, version, counter: new ReachCounter() }));
    count(found.counter, one, share);
  }
  return [...counters.values()].map(({ app, counter, version }) => ({
    app,
    version,
    ...counter.reach,
  }));
}

function count(counter: ReachCounter, { effect, row }: Judged, share: number): void {
  if (effect === "mends") counter.mend(row, share);
  else counter.refuse(row, share);
}

/**
 * The first step is about the builds from which on nothing is refused; where even the newest meets
 * refusals, about the newest alone.
 */
function scopesOf(versions: readonly string[], judged: readonly Judged[]): readonly StepScope[] {
  const refused = judged.flatMap(({ effect, row }) =>
    effect === "refuses" && !row.isRefused ? [row.version] : [],
  );
  // What names no version is in no range.
  const from = lowestHarmless(versions, refused.filter(isVersion)) ?? newestVersion(versions);
  return [
    ...(from === undefined ? [] : [{ app: `>=${from}`, percent: undefined }]),
    { app: undefined, percent: firstPercent },
    { app: undefined, percent: undefined },
  ];
}

const isVersion = (version: string): boolean => readVersion(version) !== undefined;

function stepOf(
  held: HeldMode,
  scope: StepScope,
  judged: readonly Judged[],
  versions: readonly (readonly number[])[],
): StepForecast {
  const after: HeldMode = { for: scope, mode: "enforce", otherwise: held };
  const newShare = ({ known }: Judged): number =>
    enforcedShare(after, known) - enforcedShare(held, known);
  const counter = new ReachCounter();
  for (const one of judged) count(counter, one, newShare(one));
  const isCounted = judged.every((one) => Number.isInteger(newShare(one)));
  const callers = [undefined, ...versions].flatMap((version): Known[] => [
    { version, isFirst: true },
    { version, isFirst: false },
  ]);
  const isHeld = callers.every(
    (known) => enforcedShare(after, known) <= enforcedShare(held, known) + 1e-9,
  );
  const builds = buildsOf(judged, newShare);
  return { ...scope, ...counter.reach, builds, isHeld, isCounted };
}
