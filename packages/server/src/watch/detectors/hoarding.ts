import type { Signal } from "@portcullis/guard/records";
import { KeyArena } from "../sketches/key-arena.ts";
import type { Detector, DetectorFacts } from "./detector.ts";
import type { AttackKey, TellEvidence } from "./evidence.ts";
import { clientOf } from "./recent-seen.ts";
import { attemptOf, type Seen } from "./seen.ts";
import { timeOf } from "./words.ts";

export interface HoardingParameters {
  /** So many reservations that are not bought. */
  readonly open: number;
  /** How long one may wait for its purchase. */
  readonly withinMs: number;
}

export const facts: DetectorFacts = {
  name: "hoarding",
  kind: "hoarding",
  key: "the caller, the device; without either, the client",
  statistic: "reservations that were made within the time and not followed by a purchase",
  blindTo: "stock that is reserved by as many callers as reservations",
  roles: ["reserve"],
};

const places = 16_384;

/** Stock that is reserved and never bought, so that nobody else can buy it. */
export class Hoarding implements Detector {
  readonly #parameters: HoardingParameters;
  readonly #tell: TellEvidence;
  readonly #arena = new KeyArena(places, (place) => this.#forget(place));
  readonly #open = new Uint32Array(places);
  readonly #bought = new Uint32Array(places);
  readonly #toldAt = new Uint32Array(places);
  readonly #sinceMs = new Float64Array(places);

  constructor(parameters: HoardingParameters, tell: TellEvidence) {
    this.#parameters = parameters;
    this.#tell = tell;
  }

  get bytes(): number {
    return this.#arena.bytes + places * 20;
  }

  note(seen: Seen, signal: Signal): void {
    const { role } = signal;
    if ((role !== "reserve" && role !== "purchase") || attemptOf(seen, signal) !== "good") return;
    for (const key of keysOf(signal)) {
      const place = this.#placeOf(key, seen.timeMs);
      if (role === "purchase") this.#bought[place] = (this.#bought[place] as number) + 1;
      else this.#reserved(place, seen, key);
    }
  }

  void(): void {
    this.#arena.clear();
  }

  /** What was reserved half a time ago and is neither bought nor told of counts half. */
  #placeOf({ hash }: AttackKey, nowMs: number): number {
    const place = this.#arena.take(hash, nowMs);
    const since = this.#sinceMs[place] as number;
    const windows = Math.floor((nowMs - since) / this.#parameters.withinMs);
    if (since === 0 || windows >= 2) this.#forget(place);
    else if (windows === 1) {
      for (const column of [this.#open, this.#bought, this.#toldAt])
        column[place] = Math.floor((column[place] as number) / 2);
    }
    if (since === 0 || windows >= 1) this.#sinceMs[place] = nowMs;
    return place;
  }

  #reserved(place: number, seen: Seen, key: AttackKey): void {
    const open = (this.#open[place] as number) + 1;
    this.#open[place] = open;
    this.#arena.evidence[place] = open;
    const [bought, told] = [this.#bought[place] as number, this.#toldAt[place] as number];
    // Who buys a third of it is a customer with a large basket.
    if (open < this.#parameters.open || bought * 3 >= open) return;
    if (told > 0 && open < told * 2) return;
    this.#toldAt[place] = open;
    this.#report(seen, key, open, bought);
  }

  #forget(place: number): void {
    for (const column of [this.#open, this.#bought, this.#toldAt, this.#sinceMs]) column[place] = 0;
  }

  #report({ operation, timeMs }: Seen, key: AttackKey, open: number, bought: number): void {
    const { open: least, withinMs } = this.#parameters;
    this.#tell({
      detector: facts.name,
      kind: facts.kind,
      family: "business",
      operation,
      atMs: timeMs,
      key,
      severity: open >= least * 5 ? "high" : "medium",
      summary: `Somebody reserves at ${operation} and does not buy: ${open} reservations, ${bought} purchases.`,
      observed: `${open} reservations and ${bought} purchases by one ${key.kind} within ${timeOf(withinMs)}`,
      baseline: "most of what people reserve they buy or let go",
      errorRate: undefined,
      falseIf:
        "this is a reseller of yours: give it a client of its own, and " +
        `detect: { hoarding: { open: ${least * 10} } }`,
      isPart: (kept) =>
        (kept.signal.role === "reserve" || kept.signal.role === "purchase") &&
        keysOf(kept.signal).some(({ hash }) => hash === key.hash),
    });
  }
}

function keysOf(signal: Signal): readonly AttackKey[] {
  const keys: AttackKey[] = [];
  if (signal.subject !== 0) keys.push({ kind: "subject", hash: signal.subject });
  if (signal.device !== 0) keys.push({ kind: "device", hash: signal.device });
  return keys.length > 0 ? keys : [{ kind: "client", hash: clientOf(signal) }];
}
