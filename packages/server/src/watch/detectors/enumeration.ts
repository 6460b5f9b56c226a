import { mixHashes, type Signal } from "@portcullis/guard/records";
import { KeyArena } from "../sketches/key-arena.ts";
import { RecentlySeen } from "../sketches/recently-seen.ts";
import { advance, type SequentialTest, sequentialTest } from "../sketches/sequential-test.ts";
import type { Detector, DetectorFacts } from "./detector.ts";
import type { AttackKey, Severity, TellEvidence } from "./evidence.ts";
import { clientOf } from "./recent-seen.ts";
import { NeverShown } from "./never-shown.ts";
import type { Seen } from "./seen.ts";
import { percentOf } from "./words.ts";

export interface EnumerationParameters {
  /** So many objects that are not the caller's, at least. */
  readonly objects: number;
  readonly errorRate: number;
}

export const facts: DetectorFacts = {
  name: "enumeration",
  kind: "enumeration",
  key: "the caller; without one, the client",
  statistic:
    "a sequential test over distinct objects that a caller names in paths: not there, forbidden, or another's by an owner rule, enforced or only observed (0.10 usual, 0.85 attack); and over objects that were read and never shown to the caller, where the policy remembers what was shown (0.2, 0.9)",
  blindTo:
    "ids that are known to be there, where no owner rule says whose they are and nothing remembers what was shown",
  roles: [],
};

const places = 32_768;
const usual = 0.1;
/** So many objects that were never shown are no visit that was long ago. */
const leastMedium = 40;
const forgetMs = 24 * 3_600_000;
const pairBits = 2 ** 23;
const foreign: ReadonlySet<string> = new Set([
  "object-not-yours",
  "owner-unknown",
  "too-many-objects",
]);

/** Ids of objects that are tried one after another, at whatever speed. */
export class Enumeration implements Detector {
  readonly #parameters: EnumerationParameters;
  readonly #tell: TellEvidence;
  readonly #test: SequentialTest;
  readonly #arena = new KeyArena(places, (place) => this.#forget(place));
  readonly #ratio = new Float32Array(places);
  readonly #missed = new Uint32Array(places);
  /** Objects that were another's and left all the same, because the rule is only observed. */
  readonly #leaked = new Uint32Array(places);
  readonly #toldAt = new Uint32Array(places);
  readonly #named = new RecentlySeen(pairBits, forgetMs);
  readonly #neverShown: NeverShown;

  constructor(parameters: EnumerationParameters, tell: TellEvidence) {
    this.#parameters = parameters;
    this.#tell = tell;
    this.#neverShown = new NeverShown(parameters.errorRate);
    this.#test = sequentialTest({ usual, attack: 0.85, errorRate: parameters.errorRate });
  }

  get bytes(): number {
    return this.#arena.bytes + places * 16 + this.#named.bytes + this.#neverShown.bytes;
  }

  note(seen: Seen, signal: Signal): void {
    if (signal.object === 0) return;
    const isBad = isMiss(seen);
    // Errors of the backend, and refusals that say nothing of the object, are no outcome.
    if (isBad === undefined) return;
    const key = keyOf(signal);
    // Who asks for the same object again has not tried another.
    if (this.#named.note(mixHashes(key.hash, signal.object), seen.timeMs)) return;
    if (!isBad) {
      const { operation, timeMs } = seen;
      const never = this.#neverShown.note(key.hash, operation, signal.wasShown, timeMs);
      if (never !== undefined) this.#reportNever(seen, key, never);
    }
    const place = this.#placeOf(key, seen.timeMs);
    const ratio = advance(this.#test, this.#ratio[place] as number, isBad);
    this.#ratio[place] = Math.min(ratio, this.#test.flag * 2);
    this.#arena.evidence[place] = Math.max(0, ratio);
    if (!isBad) return;
    this.#missed[place] = (this.#missed[place] as number) + 1;
    if (seen.status < 300 && seen.decisions.length > 0)
      this.#leaked[place] = (this.#leaked[place] as number) + 1;
    const missed = this.#missed[place];
    const told = this.#toldAt[place] as number;
    if (ratio <= this.#test.flag || missed < this.#parameters.objects) return;
    if (told === 0 || missed >= told * 2) this.#report(place, seen, key);
  }

  void(): void {
    this.#arena.clear();
    this.#neverShown.void();
  }

  #placeOf({ hash }: AttackKey, nowMs: number): number {
    const known = this.#arena.find(hash);
    if (known !== -1 && nowMs - (this.#arena.seenAtMs[known] as number) > forgetMs)
      this.#forget(known);
    return this.#arena.take(hash, nowMs);
  }

  #forget(place: number): void {
    for (const column of [this.#ratio, this.#missed, this.#leaked, this.#toldAt]) column[place] = 0;
  }

  #reportNever({ operation, timeMs }: Seen, key: AttackKey, never: number): void {
    this.#tell({
      detector: facts.name,
      kind: "never-shown-ids",
      family: "objects",
      operation,
      atMs: timeMs,
      key,
      severity: never >= 100 ? "high" : never >= leastMedium ? "medium" : "low",
      summary: `Somebody reads objects at ${operation} that no answer has shown them: ${never} of them.`,
      observed: `${never} distinct objects that were read and never shown before, by one ${key.kind}`,
      baseline: "nearly everything that others read there was shown to them before",
      errorRate: this.#parameters.errorRate,
      falseIf:
        "the app learns these ids elsewhere, such as from a message that it is pushed: name the operation under " +
        `provenance: { <kind>: { sources: [${operation}] } }`,
      isPart: (kept) =>
        kept.signal.object !== 0 &&
        keyOf(kept.signal).hash === key.hash &&
        kept.operation === operation,
    });
  }

  #report(place: number, { operation, timeMs }: Seen, key: AttackKey): void {
    const [missed, leaked] = [this.#missed[place] as number, this.#leaked[place] as number];
    this.#toldAt[place] = missed;
    this.#tell({
      detector: facts.name,
      kind: facts.kind,
      family: "objects",
      operation,
      atMs: timeMs,
      key,
      severity: severityOf(missed, leaked),
      summary:
        `Somebody tries ids of objects at ${operation}: ${missed} were not theirs` +
        (leaked === 0 ? ", and none left." : `, and ${leaked} of them left.`),
      observed: `${missed} distinct objects that were not there or another's, by one ${key.kind}`,
      baseline: `${percentOf(usual)} of the objects that people name are gone or another's`,
      errorRate: this.#parameters.errorRate,
      falseIf:
        "this is a program of yours that looks whether objects are there: give it a client of its own, and " +
        `detect: { enumeration: { objects: ${this.#parameters.objects * 10} } }`,
      isPart: (kept) =>
        kept.signal.object !== 0 &&
        keyOf(kept.signal).hash === key.hash &&
        kept.operation === operation,
    });
  }
}

function severityOf(missed: number, leaked: number): Severity {
  if (leaked >= 100) return "critical";
  if (leaked >= 10) return "high";
  if (leaked > 0) return "medium";
  return missed >= 50 ? "medium" : "low";
}

const keyOf = (signal: Signal): AttackKey =>
  signal.subject === 0
    ? { kind: "client", hash: clientOf(signal) }
    : { kind: "subject", hash: signal.subject };

/** Undefined where the answer says nothing of whose it is. */
function isMiss({ code, decisions, status, upstreamStatus }: Seen): boolean | undefined {
  if (decisions.some((one) => foreign.has(one.code))) return true;
  if (code !== undefined) return undefined;
  const told = upstreamStatus ?? status;
  if (told === 404 || told === 403 || told === 410) return true;
  return told >= 200 && told < 300 ? false : undefined;
}
