import type { Signal } from "@portcullis/guard/records";
import { DistinctCounts } from "../sketches/distinct.ts";
import { KeyArena } from "../sketches/key-arena.ts";
import { advance, type SequentialTest, sequentialTest } from "../sketches/sequential-test.ts";
import { ShareAlarm } from "../sketches/share-alarm.ts";
import type { Detector, DetectorFacts } from "./detector.ts";
import type { AttackKey, Evidence, Severity, TellEvidence } from "./evidence.ts";
import { clientOf, type KeptSeen } from "./recent-seen.ts";
import { attemptOf, type Seen } from "./seen.ts";
import { percentOf } from "./words.ts";

export interface CardParameters {
  /** So many different cards at least. */
  readonly cards: number;
  readonly errorRate: number;
}

export const facts: DetectorFacts = {
  name: "cardTesting",
  kind: "card-testing",
  key: "the caller, the device, the client, and everybody together",
  statistic:
    "a sequential test of declined cards (0.10 usual, 0.85 attack) with at least four cards for each key, and the share of declined ones of everybody by a CUSUM",
  blindTo: "one card for each caller, as long as declined ones stay as rare as usual",
  roles: ["payment-method", "purchase"],
};

const places = 16_384;
const usual = 0.1;
const idleMs = 24 * 3_600_000;
const bucketMs = 5 * 60_000;
const height = 10;
const tellEveryMs = 10 * 60_000;

const isPayment = ({ role }: Signal): boolean => role === "payment-method" || role === "purchase";

/** Stolen cards that are tried for which of them work. */
export class CardTesting implements Detector {
  readonly #parameters: CardParameters;
  readonly #tell: TellEvidence;
  readonly #test: SequentialTest;
  readonly #arena = new KeyArena(places, (place) => this.#forget(place));
  readonly #ratio = new Float32Array(places);
  readonly #declined = new Uint32Array(places);
  readonly #approved = new Uint32Array(places);
  readonly #toldAt = new Uint32Array(places);
  readonly #cards = new DistinctCounts(places);
  readonly #everybody = new ShareAlarm({ usual, bucketMs, least: 20, height });
  #toldMs = Number.NEGATIVE_INFINITY;

  constructor(parameters: CardParameters, tell: TellEvidence) {
    this.#parameters = parameters;
    this.#tell = tell;
    this.#test = sequentialTest({ usual, attack: 0.85, errorRate: parameters.errorRate });
  }

  get bytes(): number {
    return this.#arena.bytes + places * 16 + this.#cards.bytes;
  }

  note(seen: Seen, signal: Signal): void {
    if (!isPayment(signal)) return;
    const attempt = attemptOf(seen, signal);
    if (attempt !== "bad" && attempt !== "good") return;
    const isBad = attempt === "bad";
    for (const key of keysOf(signal)) this.#noteOne(seen, signal, key, isBad);
    const rise = this.#everybody.note(isBad, seen.timeMs);
    if (rise === undefined || seen.timeMs - this.#toldMs < tellEveryMs) return;
    this.#toldMs = seen.timeMs;
    this.#report(seen, { kind: "everybody", hash: 0 }, "medium", {
      observed: `${rise.bad} of ${rise.all} cards were declined in five minutes`,
      baseline: `${percentOf(rise.usual)} are usual, as was learned here`,
      isPart: (kept) => isPayment(kept.signal) && kept.attempt === "bad",
    });
  }

  void(): void {
    this.#arena.clear();
    this.#everybody.void();
  }

  #noteOne(seen: Seen, { target }: Signal, key: AttackKey, isBad: boolean): void {
    const place = this.#placeOf(key, seen.timeMs);
    const before = this.#ratio[place] as number;
    const ratio = advance(this.#test, before, isBad);
    this.#ratio[place] = Math.min(ratio, this.#test.flag * 2);
    this.#arena.evidence[place] = Math.max(0, ratio);
    if (target !== 0) this.#cards.note(place, target);
    const column = isBad ? this.#declined : this.#approved;
    column[place] = (column[place] as number) + 1;
    const cards = this.#cards.count(place);
    // Where nothing names the card, each attempt may be another one.
    const isMany = cards >= this.#parameters.cards || cards === 0;
    // The card that works ends nothing: it is what was looked for.
    if (Math.max(ratio, before) <= this.#test.flag || !isMany) return;
    const [declined, told] = [this.#declined[place] as number, this.#toldAt[place] as number];
    if (isBad && told > 0 && declined < told * 2) return;
    this.#toldAt[place] = Math.max(1, declined);
    const approved = told === 0 ? 0 : (this.#approved[place] as number);
    this.#report(seen, key, severityOf(declined, approved), {
      observed: `${declined} cards declined and ${approved} approved for one ${key.kind}`,
      baseline: `${percentOf(usual)} of cards are declined, and people try two or three`,
      isPart: (kept) =>
        isPayment(kept.signal) && keysOf(kept.signal).some(({ hash }) => hash === key.hash),
    });
  }

  #placeOf({ hash }: AttackKey, nowMs: number): number {
    const known = this.#arena.find(hash);
    if (known !== -1 && nowMs - (this.#arena.seenAtMs[known] as number) > idleMs)
      this.#forget(known);
    return this.#arena.take(hash, nowMs);
  }

  #forget(place: number): void {
    for (const column of [this.#ratio, this.#declined, this.#approved, this.#toldAt])
      column[place] = 0;
    this.#cards.forget(place);
  }

  #report(
    { operation, timeMs }: Seen,
    key: AttackKey,
    severity: Severity,
    said: Pick<Evidence, "observed" | "baseline"> & { isPart: (kept: KeptSeen) => boolean },
  ): void {
    const { cards, errorRate } = this.#parameters;
    this.#tell({
      detector: facts.name,
      kind: facts.kind,
      family: "business",
      operation,
      atMs: timeMs,
      key,
      severity,
      summary: `Somebody tries stolen cards at ${operation}: ${said.observed}.`,
      ...said,
      errorRate: key.kind === "everybody" ? undefined : errorRate,
      falseIf:
        "the payment provider declines everybody, as in an outage; or a till of yours serves many people: " +
        `detect: { cardTesting: { cards: ${cards * 10} } }`,
    });
  }
}

function severityOf(declined: number, approved: number): Severity {
  if (approved > 0) return "critical";
  return declined >= 50 ? "medium" : "low";
}

function keysOf(signal: Signal): readonly AttackKey[] {
  const keys: AttackKey[] = [{ kind: "client", hash: clientOf(signal) }];
  if (signal.subject !== 0) keys.push({ kind: "subject", hash: signal.subject });
  if (signal.device !== 0) keys.push({ kind: "device", hash: signal.device });
  return keys;
}
