import type { Signal } from "@portcullis/guard/records";
import type { Detector, DetectorFacts } from "./detector.ts";
import type { Severity, TellEvidence } from "./evidence.ts";
import type { Seen } from "./seen.ts";
import { percentOf } from "./words.ts";

export interface ZombieParameters {
  /** A version that has less of the requests of a day than this is hardly used any more. */
  readonly share: number;
  /** So many times as many in an hour as in an hour of the day before are a revival. */
  readonly times: number;
}

export const facts: DetectorFacts = {
  name: "zombieVersion",
  kind: "zombie-version",
  key: "a version of the API",
  statistic:
    "the share of a day's requests that a version has beside the one that is used most; and, of one that hardly anybody uses, an hour with ten times as many as the day before had in an hour",
  blindTo: "APIs with one version, and days with fewer than 10,000 requests",
  roles: [],
};

const dayMs = 24 * 3_600_000;
const hourMs = 3_600_000;
const leastOfDay = 10_000;
const leastOfHour = 100;
const mostVersions = 64;
const mostCallers = 256;

interface Used {
  day: number;
  hour: number;
  /** Of the day before; undefined where it was not hardly used then. */
  hardly: number | undefined;
  isRevived: boolean;
  readonly callers: Set<number>;
}

/** Versions of the API that hardly anybody uses and that still answer, and who finds them again. */
export class ZombieVersion implements Detector {
  readonly bytes = mostVersions * (64 + mostCallers * 8);
  readonly #parameters: ZombieParameters;
  readonly #tell: TellEvidence;
  readonly #versions = new Map<string, Used>();
  #dayEndsMs = Number.NEGATIVE_INFINITY;
  #hourEndsMs = Number.NEGATIVE_INFINITY;

  constructor(parameters: ZombieParameters, tell: TellEvidence) {
    this.#parameters = parameters;
    this.#tell = tell;
  }

  note({ apiVersion, operation, outcome, timeMs }: Seen, { address, subject }: Signal): void {
    // One that the gate refuses has ended, as it should.
    if (apiVersion === undefined || apiVersion === "" || outcome === "refused") return;
    this.turn(timeMs);
    const used = this.#usedOf(apiVersion);
    if (used === undefined) return;
    used.day += 1;
    used.hour += 1;
    if (used.callers.size < mostCallers) used.callers.add(subject === 0 ? address : subject);
    if (used.hardly === undefined || used.isRevived) return;
    const usual = used.hardly / 24;
    if (used.hour < Math.max(leastOfHour, usual * this.#parameters.times)) return;
    used.isRevived = true;
    this.#report(apiVersion, operation, timeMs, {
      severity: "medium",
      summary: `Somebody has found version ${apiVersion} again, which hardly anybody used: ${used.hour} requests within an hour.`,
      observed: `${used.hour} requests within an hour, by ${used.callers.size} callers today`,
      baseline: `${Math.ceil(usual)} an hour the day before`,
    });
  }

  turn(nowMs: number): void {
    if (nowMs >= this.#hourEndsMs) {
      this.#hourEndsMs = nowMs + hourMs - (nowMs % hourMs);
      for (const used of this.#versions.values()) used.hour = 0;
    }
    if (nowMs < this.#dayEndsMs) return;
    if (Number.isFinite(this.#dayEndsMs)) this.#endDay(nowMs);
    this.#dayEndsMs = nowMs + dayMs - (nowMs % dayMs);
    for (const used of this.#versions.values()) {
      used.day = 0;
      used.isRevived = false;
      used.callers.clear();
    }
  }

  void(): void {
    this.#versions.clear();
    this.#dayEndsMs = Number.NEGATIVE_INFINITY;
    this.#hourEndsMs = Number.NEGATIVE_INFINITY;
  }

  #endDay(nowMs: number): void {
    const all = [...this.#versions.values()].reduce((sum, { day }) => sum + day, 0);
    if (all < leastOfDay) return;
    for (const [version, used] of this.#versions) {
      const isHardly = used.day < all * this.#parameters.share;
      const isNew = isHardly && used.hardly === undefined && used.day > 0;
      used.hardly = isHardly ? used.day : undefined;
      if (isNew)
        this.#report(version, "", nowMs, {
          severity: "info",
          summary: `Version ${version} of the API is hardly used any more, and still answers.`,
          observed: `${used.day} of ${all} requests in a day, by ${callersOf(used)}`,
          baseline: `below ${percentOf(this.#parameters.share)} of all requests, a version is worth ending`,
        });
    }
  }

  #usedOf(version: string): Used | undefined {
    const known = this.#versions.get(version);
    if (known !== undefined || this.#versions.size >= mostVersions) return known;
    const used: Used = { day: 0, hour: 0, hardly: undefined, isRevived: false, callers: new Set() };
    this.#versions.set(version, used);
    return used;
  }

  #report(
    version: string,
    operation: string,
    atMs: number,
    told: {
      readonly severity: Severity;
      readonly summary: string;
      readonly observed: string;
      readonly baseline: string;
    },
  ): void {
    this.#tell({
      ...told,
      detector: facts.name,
      kind: facts.kind,
      family: "inventory",
      operation: operation === "" ? `version ${version}` : operation,
      atMs,
      key: { kind: "everybody", hash: 0 },
      errorRate: undefined,
      falseIf:
        "it is kept for somebody: say until when (apis: [{ version: …, sunset: … }]), or " +
        "detect: { zombieVersion: off }",
      isPart: (kept) => kept.operation === operation,
    });
  }
}

const callersOf = ({ callers }: Used): string =>
  callers.size >= mostCallers ? `${mostCallers} callers or more` : `${callers.size} callers`;
