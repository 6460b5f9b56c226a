import type { Signal } from "@portcullis/guard/records";
import { ShareAlarm, type ShareRise } from "../sketches/share-alarm.ts";
import type { Detector, DetectorFacts } from "./detector.ts";
import type { TellEvidence } from "./evidence.ts";
import { attemptOf, type Seen } from "./seen.ts";
import { type Episode, SignInEpisodes } from "./sign-in-episodes.ts";
import { percentOf } from "./words.ts";

export interface SprayingParameters {
  /** How far the share must rise, as a sum of standard deviations. */
  readonly height: number;
}

export const facts: DetectorFacts = {
  name: "passwordSpraying",
  kind: "password-spraying",
  key: "everybody at one operation",
  statistic:
    "the share of episodes that nobody mends, in buckets of five minutes: a CUSUM (k = 1) against a share that is learned slowly, and not while it is unusual",
  blindTo:
    "an attack that is a small part of all sign-ins, and one that succeeds as often as people do",
  roles: ["sign-in"],
};

const bucketMs = 5 * 60_000;
const usual = 0.03;
const leastOutcomes = 20;
const leastBad = 15;
const mostOperations = 64;
const tellEveryMs = 10 * 60_000;

/** Tries that are spread over so many addresses that no single one stands out. */
export class PasswordSpraying implements Detector {
  readonly bytes = mostOperations * 64;
  readonly #parameters: SprayingParameters;
  readonly #tell: TellEvidence;
  readonly #alarms = new Map<string, { readonly alarm: ShareAlarm; toldMs: number }>();
  readonly #pending = new SignInEpisodes((episode) => this.#endEpisode(episode));

  constructor(parameters: SprayingParameters, tell: TellEvidence) {
    this.#parameters = parameters;
    this.#tell = tell;
  }

  note(seen: Seen, signal: Signal): void {
    if (signal.role !== "sign-in" || signal.target === 0) return;
    const attempt = attemptOf(seen, signal);
    if (attempt === "bad" || attempt === "good")
      this.#pending.note(seen, signal, attempt === "bad");
  }

  turn(nowMs: number): void {
    this.#pending.turn(nowMs);
  }

  void(): void {
    this.#pending.void();
    for (const { alarm } of this.#alarms.values()) alarm.void();
  }

  #endEpisode({ atMs, isBad, operation }: Episode): void {
    const heard = this.#alarmOf(operation);
    const rise = heard?.alarm.note(isBad, atMs);
    if (heard === undefined || rise === undefined || rise.bad < leastBad) return;
    if (atMs - heard.toldMs < tellEveryMs) return;
    heard.toldMs = atMs;
    this.#report(operation, atMs, rise);
  }

  #alarmOf(operation: string): { readonly alarm: ShareAlarm; toldMs: number } | undefined {
    const known = this.#alarms.get(operation);
    if (known !== undefined || this.#alarms.size >= mostOperations) return known;
    const { height } = this.#parameters;
    const alarm = new ShareAlarm({ usual, bucketMs, least: leastOutcomes, height });
    const heard = { alarm, toldMs: Number.NEGATIVE_INFINITY };
    this.#alarms.set(operation, heard);
    return heard;
  }

  #report(operation: string, atMs: number, { all, bad, sum, usual: learned }: ShareRise): void {
    this.#tell({
      detector: facts.name,
      kind: facts.kind,
      family: "sign-in",
      operation,
      atMs,
      key: { kind: "everybody", hash: 0 },
      severity: sum > this.#parameters.height * 2 ? "low" : "info",
      summary:
        `More people than usual give up signing in at ${operation}: ${bad} of ${all} in five minutes. ` +
        "No single address explains it.",
      observed: `${bad} of ${all} episodes were not mended, in five minutes`,
      baseline: `${percentOf(learned)} are usual, as was learned here`,
      errorRate: undefined,
      falseIf:
        "the backend or a release of the app makes sign-in fail; or this much is usual here: " +
        `detect: { passwordSpraying: { height: ${this.#parameters.height * 2} } }`,
      isPart: (kept) => kept.operation === operation && kept.attempt === "bad",
    });
  }
}
