import { ShareAlarm, type ShareRise } from "../sketches/share-alarm.ts";
import type { Detector, DetectorFacts } from "./detector.ts";
import type { TellEvidence } from "./evidence.ts";
import type { Seen } from "./seen.ts";
import { percentOf } from "./words.ts";

export interface ErrorParameters {
  readonly height: number;
}

export const facts: DetectorFacts = {
  name: "errorSpike",
  kind: "error-spike",
  key: "an operation, and the version of the app where one version explains it",
  statistic: "the share of answers of 500 and above in buckets of five minutes, by a CUSUM (k = 1)",
  blindTo: "wrong answers that say 200, and operations with fewer than 20 requests in five minutes",
  roles: [],
};

const mostOperations = 512;
const mostVersions = 16;
const usual = 0.01;
const bucketMs = 5 * 60_000;
const leastBad = 10;
const tellEveryMs = 30 * 60_000;
const explains = 0.9;

interface Heard {
  readonly alarm: ShareAlarm;
  /** Errors of the running bucket, and all requests, by version. */
  readonly versions: Map<string, { errors: number; all: number }>;
  bucket: number;
  toldMs: number;
}

/** Errors that are more than usual, and by which release. */
export class ErrorSpike implements Detector {
  readonly bytes = mostOperations * (64 + mostVersions * 32);
  readonly #parameters: ErrorParameters;
  readonly #tell: TellEvidence;
  readonly #operations = new Map<string, Heard>();

  constructor(parameters: ErrorParameters, tell: TellEvidence) {
    this.#parameters = parameters;
    this.#tell = tell;
  }

  note(seen: Seen): void {
    const heard = this.#heardOf(seen.operation);
    if (heard === undefined) return;
    const isError = seen.status >= 500;
    countVersion(heard, seen, isError);
    const rise = heard.alarm.note(isError, seen.timeMs);
    if (rise === undefined || rise.bad < leastBad) return;
    if (seen.timeMs - heard.toldMs < tellEveryMs) return;
    heard.toldMs = seen.timeMs;
    this.#report(seen, rise, releaseOf(heard));
  }

  void(): void {
    for (const { alarm } of this.#operations.values()) alarm.void();
  }

  #heardOf(operation: string): Heard | undefined {
    const known = this.#operations.get(operation);
    if (known !== undefined || this.#operations.size >= mostOperations) return known;
    const alarm = new ShareAlarm({ usual, bucketMs, least: 20, height: this.#parameters.height });
    const heard = { alarm, versions: new Map(), bucket: -1, toldMs: Number.NEGATIVE_INFINITY };
    this.#operations.set(operation, heard);
    return heard;
  }

  #report(
    { operation, timeMs }: Seen,
    { all, bad, usual: learned }: ShareRise,
    release: string | undefined,
  ): void {
    const share = bad / all;
    this.#tell({
      detector: facts.name,
      kind: release === undefined ? facts.kind : "release-regression",
      family: "health",
      operation,
      atMs: timeMs,
      key: { kind: "everybody", hash: 0 },
      severity: share >= 0.5 ? "high" : share >= 0.1 ? "medium" : "low",
      summary:
        `${operation} fails more often than usual: ${percentOf(share)} of the answers are errors` +
        (release === undefined ? "." : ", nearly all of them to one version of the app."),
      observed: `${bad} of ${all} answers of 500 and above in five minutes${release === undefined ? "" : `; version ${release}`}`,
      baseline: `${percentOf(learned)} are usual, as was learned here`,
      errorRate: undefined,
      falseIf: `so many errors are usual here: detect: { errorSpike: { height: ${this.#parameters.height * 2} } }`,
      isPart: (kept) => kept.operation === operation && kept.status >= 500,
    });
  }
}

/** Callers may invent versions: of those beyond the first sixteen, none is told apart. */
function countVersion(heard: Heard, { appVersion, timeMs }: Seen, isError: boolean): void {
  const { versions } = heard;
  const bucket = Math.floor(timeMs / bucketMs);
  if (bucket !== heard.bucket) versions.clear();
  heard.bucket = bucket;
  const name = (appVersion ?? "").replaceAll(/[^\w.+-]/g, "").slice(0, 32);
  let counted = versions.get(name);
  if (counted === undefined) {
    if (versions.size >= mostVersions) return;
    counted = { errors: 0, all: 0 };
    versions.set(name, counted);
  }
  counted.all += 1;
  if (isError) counted.errors += 1;
}

function releaseOf({ versions }: Heard): string | undefined {
  const errors = [...versions.values()].reduce((sum, one) => sum + one.errors, 0);
  const all = [...versions.values()].reduce((sum, one) => sum + one.all, 0);
  for (const [name, one] of versions)
    if (name !== "" && one.errors >= errors * explains && one.all < all * explains) return name;
  return undefined;
}
