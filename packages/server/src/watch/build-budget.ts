/** One build of an app, as requests are counted by it. */
export interface Build {
  readonly app: string;
  readonly version: string;
}

interface Standing {
  readonly build: Build;
  /** How much it was used, each request counting half as much a day later. */
  weight: number;
  seenAtMs: number;
}

export interface BuildBudgetOptions {
  /** How many builds are counted by name. */
  readonly most: number;
  /** Whether the policy that serves has this app. */
  readonly isDeclared: (app: string) => boolean;
  /** A clock that only goes forward, in milliseconds. */
  readonly now: () => number;
  /** Is told of a build that is no longer counted by name. */
  readonly onDropped: (build: Build) => void;
}

const day = 86_400_000;
const agesAfterMs = 7 * day;
/** Who has signed in was asked for something that cannot be invented. */
const signedInWeight = 1;
const anonymousWeight = 0.02;
/** A newcomer must be used clearly more than the least used of those that are counted. */
const clearly = 2;
const leastWeight = 8;
/** The least used one is looked for once in so many requests of a newcomer. */
const lookEvery = 16;

export const other = "other";
export const none = "none";

/**
 * Which builds are counted by name. App and version are the caller's own claim: somebody who
 * invents one for each request must neither fill memory, nor take the place of the next release. So
 * places are given by use, callers who have signed in counting fifty times as much; a place that
 * was not used for a week is free again. Whatever has no place is counted as `other`, of its app
 * where the policy declares that app: a declared app is never lost among invented ones.
 */
export class BuildBudget {
  readonly #options: BuildBudgetOptions;
  readonly #admitted = new Map<string, Standing>();
  /** Those without a place, by their use. */
  readonly #newcomers = new Map<string, { weight: number; count: number }>();
  readonly #others = new Map<string, Build>();

  constructor(options: BuildBudgetOptions) {
    this.#options = options;
  }

  /** What a request is counted as, after it was counted as one more use of its build. */
  buildOf(app: string | undefined, version: string | undefined, signedIn: boolean): Build {
    if (app === undefined && version === undefined) return this.#otherOf(none);
    const key = `${app ?? none}\n${version ?? none}`;
    const nowMs = this.#options.now();
    const used = signedIn ? signedInWeight : anonymousWeight;
    const standing = this.#admitted.get(key);
    if (standing !== undefined) {
      standing.weight = weightAt(standing, nowMs) + used;
      standing.seenAtMs = nowMs;
      return standing.build;
    }
    const build = { app: app ?? none, version: version ?? none };
    if (this.#admitted.size < this.#options.most) return this.#admit(key, build, used, nowMs);
    const newcomer = this.#noteNewcomer(key, used);
    if (newcomer.count % lookEvery === 0 && this.#makePlace(newcomer.weight, nowMs))
      return this.#admit(key, build, newcomer.weight, nowMs);
    return this.#otherOf(this.#options.isDeclared(build.app) ? build.app : other);
  }

  #admit(key: string, build: Build, weight: number, nowMs: number): Build {
    this.#newcomers.delete(key);
    this.#admitted.set(key, { build, weight, seenAtMs: nowMs });
    return build;
  }

  #noteNewcomer(key: string, used: number): { weight: number; count: number } {
    let newcomer = this.#newcomers.get(key);
    if (newcomer === undefined) {
      if (this.#newcomers.size >= this.#options.most) {
        // The least used one goes: a release is used again and again, an invented build once.
        this.#newcomers.delete(leastUsed(this.#newcomers));
      }
      this.#newcomers.set(key, (newcomer = { weight: 0, count: 0 }));
    }
    newcomer.weight += used;
    newcomer.count += 1;
    return newcomer;
  }

  /** @returns whether there is a place now */
  #makePlace(weight: number, nowMs: number): boolean {
    let leastKey: string | undefined;
    let least = Number.POSITIVE_INFINITY;
    for (const [key, standing] of this.#admitted) {
      const held = nowMs - standing.seenAtMs >= agesAfterMs ? -1 : weightAt(standing, nowMs);
      if (held < least) [leastKey, least] = [key, held];
    }
    if (leastKey === undefined || weight < clearly * least + (least < 0 ? 0 : leastWeight))
      return false;
    const dropped = this.#admitted.get(leastKey);
    this.#admitted.delete(leastKey);
    if (dropped !== undefined) this.#options.onDropped(dropped.build);
    return true;
  }

  #otherOf(app: string): Build {
    let build = this.#others.get(app);
    if (build === undefined)
      this.#others.set(app, (build = { app, version: app === none ? none : other }));
    return build;
  }
}

const weightAt = ({ seenAtMs, weight }: Standing, nowMs: number): number =>
  weight * 2 ** ((seenAtMs - nowMs) / day);

function leastUsed(of: ReadonlyMap<string, { readonly weight: number }>): string {
  let found = "";
  let least = Number.POSITIVE_INFINITY;
  for (const [key, { weight }] of of) if (weight < least) [found, least] = [key, weight];
  return found;
}
