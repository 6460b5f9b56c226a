import type { Signal } from "@portcullis/guard/records";
import { DistinctCounts } from "../sketches/distinct.ts";
import { KeyArena } from "../sketches/key-arena.ts";
import type { Detector, DetectorFacts } from "./detector.ts";
import type { TellEvidence } from "./evidence.ts";
import { clientOf } from "./recent-seen.ts";
import { attemptOf, type Seen } from "./seen.ts";
import { timeOf } from "./words.ts";

export interface GuessingParameters {
  /** So many failures at one account, from one client. */
  readonly failures: number;
  /** Or failures from so many clients. */
  readonly clients: number;
  readonly withinMs: number;
}

export const facts: DetectorFacts = {
  name: "accountGuessing",
  kind: "account-guessing",
  key: "the account that is tried",
  statistic: "failures at one account in a time, and from how many clients",
  blindTo: "who knows the password, and guesses slower than the time",
  roles: ["sign-in"],
};

const places = 16_384;

/** Somebody who wants one account in particular. */
export class AccountGuessing implements Detector {
  readonly #parameters: GuessingParameters;
  readonly #tell: TellEvidence;
  readonly #arena = new KeyArena(places, (place) => this.#forget(place));
  readonly #sinceMs = new Float64Array(places);
  readonly #failures = new Uint32Array(places);
  readonly #toldAt = new Uint32Array(places);
  readonly #clients = new DistinctCounts(places);

  constructor(parameters: GuessingParameters, tell: TellEvidence) {
    this.#parameters = parameters;
    this.#tell = tell;
  }

  get bytes(): number {
    return this.#arena.bytes + places * 16 + this.#clients.bytes;
  }

  note(seen: Seen, signal: Signal): void {
    if (signal.role !== "sign-in" || signal.target === 0) return;
    const attempt = attemptOf(seen, signal);
    if (attempt === "good") this.#succeeded(seen, signal);
    else if (attempt === "bad") this.#failed(seen, signal);
  }

  void(): void {
    this.#arena.clear();
  }

  #failed(seen: Seen, signal: Signal): void {
    const { clients, failures, withinMs } = this.#parameters;
    const place = this.#arena.take(signal.target, seen.timeMs);
    if (seen.timeMs - (this.#sinceMs[place] as number) > withinMs) {
      this.#forget(place);
      this.#sinceMs[place] = seen.timeMs;
    }
    const count = (this.#failures[place] as number) + 1;
    this.#failures[place] = count;
    this.#arena.evidence[place] = count;
    this.#clients.note(place, clientOf(signal));
    const told = this.#toldAt[place] as number;
    if (told > 0 && count < told * 2) return;
    const from = this.#clients.count(place);
    if (count >= failures || from >= clients) this.#report(place, seen, signal, from, false);
  }

  /** The owner's own sign-in ends what was counted; behind many failures, nobody knows whose it is. */
  #succeeded(seen: Seen, signal: Signal): void {
    const place = this.#arena.find(signal.target);
    if (place === -1) return;
    if ((this.#toldAt[place] as number) > 0)
      this.#report(place, seen, signal, this.#clients.count(place), true);
    this.#forget(place);
    this.#arena.evidence[place] = 0;
  }

  #forget(place: number): void {
    this.#failures[place] = 0;
    this.#toldAt[place] = 0;
    this.#sinceMs[place] = 0;
    this.#clients.forget(place);
  }

  #report(place: number, seen: Seen, signal: Signal, from: number, isEntered: boolean): void {
    const { failures, withinMs } = this.#parameters;
    const { operation } = seen;
    const { target } = signal;
    const count = this.#failures[place] as number;
    this.#toldAt[place] = count;
    this.#tell({
      detector: facts.name,
      kind: facts.kind,
      family: "sign-in",
      operation,
      atMs: seen.timeMs,
      key: { kind: "target", hash: target },
      severity: isEntered ? "high" : count >= failures * 3 ? "low" : "info",
      summary:
        `Somebody guesses the password of one account at ${operation}: ${count} failures` +
        ` from ${from} client${from === 1 ? "" : "s"}` +
        (isEntered ? ", and then a sign-in that succeeded." : "."),
      observed: `${count} failures at one account within ${timeOf(withinMs)}`,
      baseline: "whoever forgets a password fails a few times, from one device",
      errorRate: undefined,
      falseIf:
        "the owner has several apps with an old password: " +
        `detect: { accountGuessing: { failures: ${failures * 2} } }`,
      isPart: (kept) => kept.operation === operation && kept.signal.target === target,
    });
  }
}
