import { mixHashes, type Signal } from "@portcullis/guard/records";
import { KeyArena } from "../sketches/key-arena.ts";
import { advance, type SequentialTest, sequentialTest } from "../sketches/sequential-test.ts";
import type { Detector, DetectorFacts } from "./detector.ts";
import type { AttackKey, TellEvidence } from "./evidence.ts";
import { clientOf } from "./recent-seen.ts";
import { attemptOf, type Seen } from "./seen.ts";
import { percentOf } from "./words.ts";

export interface CodeParameters {
  /** So many wrong codes for one account in a day are told of. */
  readonly perAccount: number;
  readonly errorRate: number;
}

export const facts: DetectorFacts = {
  name: "codeGuessing",
  kind: "otp-guessing",
  key: "the account whose code it is, and the client that tries",
  statistic:
    "a sequential test of wrong codes (0.08 usual, 0.9 attack) for each, and a count for an account in a day",
  blindTo: "a code that is guessed at the first try",
  roles: ["one-time-code"],
};

const places = 16_384;
const dayMs = 24 * 3_600_000;
const usual = 0.08;

/** Codes of four to eight digits, tried until one is right. */
export class CodeGuessing implements Detector {
  readonly #parameters: CodeParameters;
  readonly #tell: TellEvidence;
  readonly #test: SequentialTest;
  readonly #arena = new KeyArena(places, (place) => this.#forget(place));
  readonly #ratio = new Float32Array(places);
  readonly #wrong = new Uint32Array(places);
  readonly #toldAt = new Uint32Array(places);
  readonly #sinceMs = new Float64Array(places);

  constructor(parameters: CodeParameters, tell: TellEvidence) {
    this.#parameters = parameters;
    this.#tell = tell;
    this.#test = sequentialTest({ usual, attack: 0.9, errorRate: parameters.errorRate });
  }

  get bytes(): number {
    return this.#arena.bytes + places * 20;
  }

  note(seen: Seen, signal: Signal): void {
    if (signal.role !== "one-time-code") return;
    const attempt = attemptOf(seen, signal);
    if (attempt !== "bad" && attempt !== "good") return;
    for (const key of keysOf(signal)) this.#noteOne(seen, key, attempt === "bad");
  }

  void(): void {
    this.#arena.clear();
  }

  #noteOne(seen: Seen, key: AttackKey, isBad: boolean): void {
    // An account and a client of the same hash are two keys.
    const place = this.#arena.take(mixHashes(key.hash, kindNumbers[key.kind] ?? 0), seen.timeMs);
    if (seen.timeMs - (this.#sinceMs[place] as number) > dayMs) {
      this.#forget(place);
      this.#sinceMs[place] = seen.timeMs;
    }
    const before = this.#ratio[place] as number;
    const ratio = Math.min(this.#test.flag * 2, advance(this.#test, before, isBad));
    this.#ratio[place] = ratio;
    this.#arena.evidence[place] = Math.max(0, ratio);
    if (isBad) this.#wrong[place] = (this.#wrong[place] as number) + 1;
    const wrong = this.#wrong[place] as number;
    const isMany = key.kind === "target" && wrong >= this.#parameters.perAccount;
    // The code that is right ends nothing: it is what was guessed.
    if (Math.max(ratio, before) <= this.#test.flag && !isMany) return;
    const told = this.#toldAt[place] as number;
    if (isBad ? wrong >= Math.max(1, told * 2) : told > 0) this.#report(place, seen, key, !isBad);
  }

  #forget(place: number): void {
    for (const column of [this.#ratio, this.#wrong, this.#toldAt, this.#sinceMs]) column[place] = 0;
  }

  #report(place: number, seen: Seen, key: AttackKey, isRight: boolean): void {
    const { errorRate, perAccount } = this.#parameters;
    const { operation } = seen;
    const wrong = this.#wrong[place] as number;
    this.#toldAt[place] = wrong;
    this.#tell({
      detector: facts.name,
      kind: facts.kind,
      family: "sign-in",
      operation,
      atMs: seen.timeMs,
      key,
      severity: isRight ? "high" : wrong >= perAccount ? "medium" : "low",
      summary:
        `Somebody guesses one-time codes at ${operation}: ${wrong} were wrong` +
        (isRight ? ", and then one was right." : "."),
      observed: `${wrong} wrong codes ${key.kind === "target" ? "for one account" : "from one client"} within a day`,
      baseline: `${percentOf(usual)} of codes are wrong`,
      errorRate,
      falseIf:
        "the backend takes old codes for wrong ones: " +
        `detect: { codeGuessing: { perAccount: ${perAccount * 2} } }`,
      isPart: (kept) =>
        kept.operation === operation &&
        (key.kind === "target" ? kept.signal.target : kept.client) === key.hash,
    });
  }
}

const kindNumbers: Readonly<Partial<Record<AttackKey["kind"], number>>> = { target: 1, client: 2 };

function keysOf(signal: Signal): readonly AttackKey[] {
  const client: AttackKey = { kind: "client", hash: clientOf(signal) };
  return signal.target === 0 ? [client] : [{ kind: "target", hash: signal.target }, client];
}
