import type { Signal } from "@portcullis/guard/records";
import { KeyArena } from "../sketches/key-arena.ts";
import type { Detector, DetectorFacts } from "./detector.ts";
import type { AttackKey, TellEvidence } from "./evidence.ts";
import { clientOf } from "./recent-seen.ts";
import type { Seen } from "./seen.ts";
import { timeOf } from "./words.ts";

export interface ReuseParameters {
  /** So many used proofs that come again. */
  readonly uses: number;
  readonly withinMs: number;
}

export const facts: DetectorFacts = {
  name: "proofReuse",
  kind: "proof-replay",
  key: "the device whose proof it is; where nobody is known, the client",
  statistic:
    "proofs of possession that were used before, within a time: one may be a retry of the network",
  blindTo: "a key that was stolen with its device: it makes new proofs",
  roles: [],
};

const places = 4096;

/** Proofs that somebody has read on their way, and sends again. */
export class ProofReuse implements Detector {
  readonly #parameters: ReuseParameters;
  readonly #tell: TellEvidence;
  readonly #arena = new KeyArena(places, (place) => this.#forget(place));
  readonly #uses = new Uint32Array(places);
  readonly #toldAt = new Uint32Array(places);
  readonly #sinceMs = new Float64Array(places);

  constructor(parameters: ReuseParameters, tell: TellEvidence) {
    this.#parameters = parameters;
    this.#tell = tell;
  }

  get bytes(): number {
    return this.#arena.bytes + places * 16;
  }

  note(seen: Seen, signal: Signal): void {
    const isReused =
      seen.code === "proof-replayed" ||
      seen.decisions.some(({ code }) => code === "proof-replayed");
    if (!isReused) return;
    const { uses, withinMs } = this.#parameters;
    const key = keyOf(signal);
    const place = this.#arena.take(key.hash, seen.timeMs);
    if (seen.timeMs - (this.#sinceMs[place] as number) > withinMs) {
      this.#forget(place);
      this.#sinceMs[place] = seen.timeMs;
    }
    const count = (this.#uses[place] as number) + 1;
    this.#uses[place] = count;
    this.#arena.evidence[place] = count;
    const told = this.#toldAt[place] as number;
    if (count < uses || (told > 0 && count < told * 2)) return;
    this.#toldAt[place] = count;
    this.#report(seen, key, count);
  }

  void(): void {
    this.#arena.clear();
  }

  #forget(place: number): void {
    for (const column of [this.#uses, this.#toldAt, this.#sinceMs]) column[place] = 0;
  }

  #report({ code, operation, timeMs }: Seen, key: AttackKey, count: number): void {
    const { uses, withinMs } = this.#parameters;
    this.#tell({
      detector: facts.name,
      kind: facts.kind,
      family: "sign-in",
      operation,
      atMs: timeMs,
      key,
      // Where the binding is only observed, whoever sends it again gets the answer.
      severity: code === undefined ? "high" : count >= uses * 10 ? "medium" : "low",
      summary: `Proofs of possession come a second time at ${operation}: ${count} from one ${key.kind}.`,
      observed: `${count} used proofs from one ${key.kind} within ${timeOf(withinMs)}`,
      baseline: "a proof is used once; a network that loses an answer may repeat one",
      errorRate: undefined,
      falseIf:
        "an app or a proxy of yours repeats requests with the same proof: " +
        `detect: { proofReuse: { uses: ${uses * 10} } }`,
      isPart: (kept) => kept.code === "proof-replayed" && keyOf(kept.signal).hash === key.hash,
    });
  }
}

const keyOf = (signal: Signal): AttackKey =>
  signal.device === 0
    ? { kind: "client", hash: clientOf(signal) }
    : { kind: "device", hash: signal.device };
