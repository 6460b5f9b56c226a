import type { Signal } from "@portcullis/guard/records";
import { DistinctCounts } from "../sketches/distinct.ts";
import { KeyArena } from "../sketches/key-arena.ts";
import type { Detector, DetectorFacts } from "./detector.ts";
import type { AttackKey, TellEvidence } from "./evidence.ts";
import { clientOf } from "./recent-seen.ts";
import type { Seen } from "./seen.ts";
import { timeOf } from "./words.ts";

export interface ResetParameters {
  /** So many resets of one account. */
  readonly perAccount: number;
  /** Resets of so many accounts by one client. */
  readonly accounts: number;
  readonly withinMs: number;
}

export const facts: DetectorFacts = {
  name: "resetAbuse",
  kind: "reset-abuse",
  key: "the account that is reset, and the client that asks",
  statistic: "resets of one account in a time, and distinct accounts that one client asks for",
  blindTo: "resets that are spread over many clients and accounts",
  roles: ["reset"],
};

const places = 16_384;

/** Resets that the owner has not asked for: to flood a mailbox, or to find who has an account. */
export class ResetAbuse implements Detector {
  readonly #parameters: ResetParameters;
  readonly #tell: TellEvidence;
  readonly #arena = new KeyArena(places, (place) => this.#forget(place));
  readonly #count = new Uint32Array(places);
  readonly #toldAt = new Uint32Array(places);
  readonly #sinceMs = new Float64Array(places);
  readonly #accounts = new DistinctCounts(places);

  constructor(parameters: ResetParameters, tell: TellEvidence) {
    this.#parameters = parameters;
    this.#tell = tell;
  }

  get bytes(): number {
    return this.#arena.bytes + places * 16 + this.#accounts.bytes;
  }

  note(seen: Seen, signal: Signal): void {
    if (signal.role !== "reset") return;
    const { accounts, perAccount } = this.#parameters;
    if (signal.target !== 0) {
      const key: AttackKey = { kind: "target", hash: signal.target };
      const place = this.#noteOne(seen, signal, key);
      this.#judge(place, seen, key, this.#count[place] as number, perAccount);
    }
    const key: AttackKey = { kind: "client", hash: clientOf(signal) };
    const place = this.#noteOne(seen, signal, key);
    this.#judge(place, seen, key, this.#accounts.count(place), accounts);
  }

  void(): void {
    this.#arena.clear();
  }

  #noteOne({ timeMs }: Seen, { target }: Signal, { hash }: AttackKey): number {
    const place = this.#arena.take(hash, timeMs);
    if (timeMs - (this.#sinceMs[place] as number) > this.#parameters.withinMs) {
      this.#forget(place);
      this.#sinceMs[place] = timeMs;
    }
    this.#count[place] = (this.#count[place] as number) + 1;
    this.#arena.evidence[place] = this.#count[place];
    if (target !== 0) this.#accounts.note(place, target);
    return place;
  }

  #judge(place: number, seen: Seen, key: AttackKey, count: number, most: number): void {
    const told = this.#toldAt[place] as number;
    if (count < most || (told > 0 && count < told * 2)) return;
    this.#toldAt[place] = count;
    this.#report(seen, key, count, most);
  }

  #forget(place: number): void {
    for (const column of [this.#count, this.#toldAt, this.#sinceMs]) column[place] = 0;
    this.#accounts.forget(place);
  }

  #report({ operation, timeMs }: Seen, key: AttackKey, count: number, most: number): void {
    const { withinMs } = this.#parameters;
    const isOne = key.kind === "target";
    const observed = isOne
      ? `${count} resets of one account within ${timeOf(withinMs)}`
      : `resets of about ${count} accounts by one client within ${timeOf(withinMs)}`;
    this.#tell({
      detector: facts.name,
      kind: facts.kind,
      family: "sign-in",
      operation,
      atMs: timeMs,
      key,
      severity: count >= most * 5 ? "medium" : "low",
      summary: `Somebody asks for resets that their owners did not: ${observed}, at ${operation}.`,
      observed,
      baseline: "people reset a password once or twice, each their own",
      errorRate: undefined,
      falseIf:
        "these are your own support staff: " +
        `detect: { resetAbuse: { ${isOne ? "perAccount" : "accounts"}: ${most * 5} } }`,
      isPart: (kept) =>
        kept.operation === operation && (isOne ? kept.signal.target : kept.client) === key.hash,
    });
  }
}
