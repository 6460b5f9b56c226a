import { mixHashes, type Signal } from "@portcullis/guard/records";
import { DistinctCounts } from "../sketches/distinct.ts";
import { KeyArena } from "../sketches/key-arena.ts";
import { RecentlySeen } from "../sketches/recently-seen.ts";
import { advance, type SequentialTest, sequentialTest } from "../sketches/sequential-test.ts";
import type { Detector, DetectorFacts } from "./detector.ts";
import type { AttackKey, KeyKind, Severity, TellEvidence } from "./evidence.ts";
import { attemptOf, type Seen } from "./seen.ts";
import { type Episode, hashesOf, type SignInKeys, SignInEpisodes } from "./sign-in-episodes.ts";
import { SignInVolume } from "./sign-in-volume.ts";
import { percentOf } from "./words.ts";

export interface StuffingParameters {
  /** So many failures within the time are told of, whoever they are of. */
  readonly failures: number;
  readonly withinMs: number;
  readonly errorRate: number;
}

export const facts: DetectorFacts = {
  name: "credentialStuffing",
  kind: "credential-stuffing",
  key: "client (address and shape of the program), address, network, program wherever it asks from",
  statistic:
    "two sequential tests for each key: the first outcome for each account in 30 minutes (0.12 usual, 0.9 attack) and episodes of two minutes (0.03, 0.95); beside them a count of failures of everybody, where their share is out of line",
  blindTo: "lists tried so slowly that each address asks for fewer than eight accounts a day",
  roles: ["sign-in"],
};

const places = 32_768;
const firstWithinMs = 30 * 60_000;
const idleMs = 30 * 60_000;
const leastAccounts = 8;
const usualFirst = 0.12;
const usualEpisode = 0.03;
/** Of all attempts: whoever mistypes does so twice or three times, and is one person. */
const usualAttempts = 0.25;
const pairBits = 2 ** 23;
/** So much is held against a key at most: it ends being an attack when people sign in again. */
const mostHeld = 2;

/** Somebody who tries stolen pairs of names and passwords, one after another. */
export class CredentialStuffing implements Detector {
  readonly #parameters: StuffingParameters;
  readonly #tell: TellEvidence;
  readonly #first: SequentialTest;
  readonly #episodes: SequentialTest;
  readonly #arena = new KeyArena(places, (place) => this.#forget(place));
  readonly #firstRatio = new Float32Array(places);
  readonly #episodeRatio = new Float32Array(places);
  readonly #bad = new Uint32Array(places);
  readonly #entered = new Uint32Array(places);
  /** Failures when it was told of last. */
  readonly #toldAt = new Uint32Array(places);
  /** Attempts lately, of the key and of everybody. */
  readonly #tries = new Float64Array(places);
  #allTries = 0;
  #halvedMs = Number.NEGATIVE_INFINITY;
  readonly #accounts = new DistinctCounts(places);
  readonly #seenPairs = new RecentlySeen(pairBits, firstWithinMs);
  readonly #pending = new SignInEpisodes((episode) => this.#endEpisode(episode));
  readonly #volume: SignInVolume;

  constructor(parameters: StuffingParameters, tell: TellEvidence) {
    this.#parameters = parameters;
    this.#tell = tell;
    const { errorRate } = parameters;
    this.#first = sequentialTest({ usual: usualFirst, attack: 0.9, errorRate });
    this.#episodes = sequentialTest({ usual: usualEpisode, attack: 0.95, errorRate });
    this.#volume = new SignInVolume(parameters, usualAttempts, (said) =>
      tell({ ...said, detector: facts.name, kind: facts.kind }),
    );
  }

  get bytes(): number {
    return this.#arena.bytes + places * 28 + this.#accounts.bytes + this.#seenPairs.bytes;
  }

  note(seen: Seen, signal: Signal): void {
    if (signal.role !== "sign-in") return;
    const attempt = attemptOf(seen, signal);
    if (attempt === undefined) return;
    const isBad = attempt !== "good";
    this.#volume.note(seen, isBad);
    if (attempt === "held") return;
    this.#halveTries(seen.timeMs);
    const keys = keysOf(signal);
    for (const key of keys) this.#noteFirst(seen, signal, key, isBad);
    this.#pending.note(seen, signal, isBad);
  }

  turn(nowMs: number): void {
    this.#pending.turn(nowMs);
  }

  void(): void {
    this.#pending.void();
    this.#arena.clear();
    this.#volume.void();
  }

  /** One outcome for each account in half an hour: who tries the same one again says nothing new. */
  #noteFirst(seen: Seen, { target }: Signal, key: AttackKey, isBad: boolean): void {
    const place = this.#placeOf(key, seen.timeMs);
    const wasAttack = this.#isAttack(place, key);
    this.#tries[place] = (this.#tries[place] as number) + 1;
    if (isBad) {
      this.#bad[place] = (this.#bad[place] as number) + 1;
      if (target !== 0) this.#accounts.note(place, target);
    }
    const isKnown = target !== 0 && this.#seenPairs.note(mixHashes(key.hash, target), seen.timeMs);
    if (!isKnown) {
      const ratio = advance(this.#first, this.#firstRatio[place] as number, isBad);
      this.#firstRatio[place] = Math.min(ratio, this.#first.flag * mostHeld);
      this.#hold(place);
    }
    // The pair that works ends nothing: it is what was looked for.
    if (wasAttack || this.#isAttack(place, key)) this.#judge(place, key, seen, isBad);
  }

  #endEpisode({ isBad, keys, operation, target }: Episode): void {
    for (const key of keysFrom(keys)) {
      const place = this.#arena.find(key.hash);
      // A key that has lost its place begins with its next attempt.
      if (place === -1 || target === 0) continue;
      const ratio = advance(this.#episodes, this.#episodeRatio[place] as number, isBad);
      this.#episodeRatio[place] = Math.min(ratio, this.#episodes.flag * mostHeld);
      this.#hold(place);
      if (isBad && !this.#isTold(place) && this.#isAttack(place, key))
        this.#report(place, key, operation, this.#arena.seenAtMs[place] as number);
    }
  }

  #judge(place: number, key: AttackKey, seen: Seen, isBad: boolean): void {
    // Whoever gets in among hundreds of failures has found a pair that is right.
    if (!isBad && this.#isTold(place) && key.kind !== "network" && key.kind !== "program") {
      this.#entered[place] = (this.#entered[place] as number) + 1;
      this.#report(place, key, seen.operation, seen.timeMs);
    } else if (isBad && this.#hasGrown(place))
      this.#report(place, key, seen.operation, seen.timeMs);
  }

  /** A program that most people have is the app: where its sign-ins fail, something else does. */
  #isApp(place: number, { kind }: AttackKey): boolean {
    return kind === "program" && (this.#tries[place] as number) * 2 > this.#allTries;
  }

  #halveTries(nowMs: number): void {
    this.#allTries += 1;
    if (nowMs - this.#halvedMs < idleMs) return;
    this.#halvedMs = nowMs;
    this.#allTries /= 2;
    for (let place = 0; place < places; place += 1)
      this.#tries[place] = (this.#tries[place] as number) / 2;
  }

  #isAttack(place: number, key: AttackKey): boolean {
    if (this.#isApp(place, key)) return false;
    const [first, episodes] = [
      this.#firstRatio[place] as number,
      this.#episodeRatio[place] as number,
    ];
    return (
      (first > this.#first.flag || episodes > this.#episodes.flag) &&
      this.#accounts.count(place) >= leastAccounts
    );
  }

  #isTold(place: number): boolean {
    return (this.#toldAt[place] as number) > 0;
  }

  #hasGrown(place: number): boolean {
    const [bad, told] = [this.#bad[place] as number, this.#toldAt[place] as number];
    const { failures } = this.#parameters;
    return bad >= told * 2 || severityOf(bad, 0, failures) !== severityOf(told, 0, failures);
  }

  #hold(place: number): void {
    this.#arena.evidence[place] = Math.max(
      0,
      this.#firstRatio[place] as number,
      this.#episodeRatio[place] as number,
    );
  }

  #placeOf({ hash }: AttackKey, nowMs: number): number {
    const known = this.#arena.find(hash);
    if (known !== -1 && nowMs - (this.#arena.seenAtMs[known] as number) > idleMs)
      this.#forget(known);
    return this.#arena.take(hash, nowMs);
  }

  #forget(place: number): void {
    for (const column of [
      this.#firstRatio,
      this.#episodeRatio,
      this.#bad,
      this.#entered,
      this.#toldAt,
      this.#tries,
    ])
      column[place] = 0;
    this.#accounts.forget(place);
  }

  #report(place: number, key: AttackKey, operation: string, atMs: number): void {
    const [bad, entered] = [this.#bad[place] as number, this.#entered[place] as number];
    this.#toldAt[place] = bad;
    const accounts = this.#accounts.count(place);
    this.#tell({
      detector: facts.name,
      kind: facts.kind,
      family: "sign-in",
      operation,
      atMs,
      key,
      severity: severityOf(bad, entered, this.#parameters.failures),
      summary:
        `Somebody tries names and passwords at ${operation}: ${bad} failed, for about ${accounts} accounts` +
        (entered === 0 ? "; none was entered." : `; ${entered} sign-ins succeeded.`),
      observed: `${bad} failed sign-ins for about ${accounts} accounts from one ${key.kind}`,
      baseline: `${percentOf(usualFirst)} of people fail at first, ${percentOf(usualEpisode)} give up`,
      errorRate: this.#parameters.errorRate,
      falseIf:
        "these are your own tests or a partner that signs many people in: " +
        `detect: { credentialStuffing: { errorRate: ${this.#parameters.errorRate / 100} } }`,
      isPart: (kept) => kept.operation === operation && hashOf(key.kind, kept.signal) === key.hash,
    });
  }
}

function severityOf(bad: number, entered: number, failures: number): Severity {
  if (entered >= 10) return "critical";
  if (entered > 0) return "high";
  if (bad >= failures * 10) return "medium";
  return bad >= failures / 5 ? "low" : "info";
}

const keysOf = (signal: Signal): readonly AttackKey[] => keysFrom(hashesOf(signal));

const keysFrom = ({ address, client, network, program }: SignInKeys): readonly AttackKey[] => [
  { kind: "client", hash: client },
  { kind: "address", hash: address },
  { kind: "network", hash: network },
  { kind: "program", hash: program },
];

const hashOf = (kind: KeyKind, signal: Signal): number =>
  keysOf(signal).find((key) => key.kind === kind)?.hash ?? 0;
