import { compareVersions, type RecordRow, readVersion } from "@portcullis/guard/records";
import type { Release, ReleaseSource } from "./release.ts";

/** What of a request says which build it came from. */
export type Build = Pick<RecordRow, "app" | "appVersion" | "timeMs"> &
  Partial<Pick<RecordRow, "signal" | "signedIn">>;

export interface FirstSeenParts {
  /** Since when the oldest version of an app is known, in milliseconds; undefined: none is. */
  readonly knownSince: (app: string) => number | undefined;
  readonly isKnown: (app: string, version: string) => boolean;
  /** Versions of an app that are known, as far as a newer one may be measured by them. */
  readonly known: (app: string) => readonly Pick<Release, "source" | "version">[];
  readonly isDeclared: (app: string) => boolean;
  readonly onFirst: (
    app: string,
    version: string,
    source: Exclude<ReleaseSource, "said">,
    atMs: number,
  ) => void;
}

/** How often versions of an app are used, by callers who have signed in. */
interface AppUse {
  readonly uses: Map<string, number>;
  /** Versions that are not known, with the callers who came with them. */
  readonly newcomers: Map<string, Set<number>>;
}

/** So many callers who have signed in must come with a version: one alone may invent what it likes. */
const callersNeeded = 3;
/** What is in use within this time after the first version was seen was there before the gate. */
const foundWithinMs = 3_600_000;
const mostApps = 50;
const mostVersions = 200;
const mostNewcomers = 64;

/**
 * Notices the first use of a version. App and version are the caller's own claim: only callers who
 * have signed in count, only those of declared apps, and a version counts as released only when it
 * is newer than the one that is used most. Memory is bounded, whatever is invented.
 */
export class FirstSeen {
  readonly #parts: FirstSeenParts;
  readonly #apps = new Map<string, AppUse>();
  #lastApp = "";
  #lastVersion = "";
  #lastCount = 0;

  constructor(parts: FirstSeenParts) {
    this.#parts = parts;
  }

  note({ app, appVersion, signal, signedIn, timeMs }: Build): void {
    if (signedIn !== true || app === undefined || appVersion === undefined) return;
    // Most requests come with the build of the one before.
    if (app === this.#lastApp && appVersion === this.#lastVersion) {
      this.#lastCount += 1;
      return;
    }
    this.#settle();
    const use = this.#useOf(app);
    if (use === undefined) return;
    if (this.#parts.isKnown(app, appVersion)) {
      [this.#lastApp, this.#lastVersion, this.#lastCount] = [app, appVersion, 1];
      return;
    }
    this.#noteNewcomer(use, { app, version: appVersion, caller: signal?.subject ?? 0, timeMs });
  }

  #settle(): void {
    const use = this.#apps.get(this.#lastApp);
    if (use !== undefined && this.#lastCount > 0) {
      const { uses } = use;
      const before = uses.get(this.#lastVersion) ?? 0;
      if (before > 0 || uses.size < mostVersions)
        uses.set(this.#lastVersion, before + this.#lastCount);
    }
    [this.#lastApp, this.#lastVersion, this.#lastCount] = ["", "", 0];
  }

  #useOf(app: string): AppUse | undefined {
    const known = this.#apps.get(app);
    if (known !== undefined) return known;
    if (this.#apps.size >= mostApps || !this.#parts.isDeclared(app)) return undefined;
    const use = { uses: new Map(), newcomers: new Map() };
    this.#apps.set(app, use);
    return use;
  }

  #noteNewcomer(
    { newcomers, uses }: AppUse,
    one: {
      readonly app: string;
      readonly version: string;
      readonly caller: number;
      readonly timeMs: number;
    },
  ): void {
    const { app, caller, timeMs, version } = one;
    const numbers = readVersion(version);
    if (numbers === undefined || caller === 0) return;
    let callers = newcomers.get(version);
    if (callers === undefined) {
      const [oldest] = newcomers.keys();
      if (newcomers.size >= mostNewcomers && oldest !== undefined) newcomers.delete(oldest);
      newcomers.set(version, (callers = new Set()));
    }
    callers.add(caller);
    if (callers.size < callersNeeded) return;
    newcomers.delete(version);
    const since = this.#parts.knownSince(app);
    const isStart = since === undefined || timeMs - since < foundWithinMs;
    const isNews = !isStart && isNewer(numbers, uses, this.#parts.known(app));
    this.#parts.onFirst(app, version, isNews ? "seen" : "found", timeMs);
  }
}

/**
 * Newer than the version that most requests come from, and than each that somebody has said. Where
 * nothing was counted since the start: than each that is known.
 */
function isNewer(
  numbers: readonly number[],
  uses: ReadonlyMap<string, number>,
  known: readonly Pick<Release, "source" | "version">[],
): boolean {
  const [most] = [...uses].toSorted(([, one], [, other]) => other - one);
  const measures = known
    .filter(({ source }) => most === undefined || source === "said")
    .map(({ version }) => version);
  return [...measures, ...(most === undefined ? [] : [most[0]])].every((version) => {
    const other = readVersion(version);
    return other === undefined || compareVersions(numbers, other) > 0;
  });
}
