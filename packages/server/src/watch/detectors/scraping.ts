import { mixHashes, type Signal } from "@portcullis/guard/records";
import { KeyArena } from "../sketches/key-arena.ts";
import { RecentlySeen } from "../sketches/recently-seen.ts";
import type { Detector, DetectorFacts } from "./detector.ts";
import type { AttackKey, TellEvidence } from "./evidence.ts";
import { clientOf } from "./recent-seen.ts";
import type { Seen } from "./seen.ts";

export interface ScrapingParameters {
  /** Fewer objects in a day are nothing, whatever others read. */
  readonly objects: number;
}

export const facts: DetectorFacts = {
  name: "scraping",
  kind: "mass-read",
  key: "the caller; without one, the client",
  statistic:
    "distinct objects that are read in a day, against twice what the 999th of 1000 others has read the day before; at least eight of ten requests are for another object",
  blindTo: "reading that is spread over as many callers as others read objects",
  roles: [],
};

const places = 65_536;
const dayMs = 24 * 3_600_000;
const pairBits = 2 ** 24;
/** Counts of the day before, by powers of the square root of two. */
const classes = 64;
const enoughOthers = 200;
const breadth = 0.8;
const quantile = 0.999;

/** Somebody who reads far more objects in a day than others do. */
export class Scraping implements Detector {
  readonly #parameters: ScrapingParameters;
  readonly #tell: TellEvidence;
  readonly #arena = new KeyArena(places, (place) => this.#forget(place));
  readonly #objects = new Uint32Array(places);
  readonly #requests = new Uint32Array(places);
  readonly #toldAt = new Uint32Array(places);
  readonly #read = new RecentlySeen(pairBits, dayMs);
  readonly #others = new Uint32Array(classes);
  #dayEndsMs = Number.NEGATIVE_INFINITY;
  #bound: number;

  constructor(parameters: ScrapingParameters, tell: TellEvidence) {
    this.#parameters = parameters;
    this.#tell = tell;
    this.#bound = parameters.objects;
  }

  get bytes(): number {
    return this.#arena.bytes + places * 12 + this.#read.bytes + classes * 4;
  }

  note(seen: Seen, signal: Signal): void {
    const { object } = signal;
    if (object === 0 || seen.status < 200 || seen.status >= 300) return;
    this.turn(seen.timeMs);
    const key = keyOf(signal);
    const place = this.#arena.take(key.hash, seen.timeMs);
    const requests = (this.#requests[place] as number) + 1;
    this.#requests[place] = requests;
    if (this.#read.note(mixHashes(key.hash, object), seen.timeMs)) return;
    const objects = (this.#objects[place] as number) + 1;
    this.#objects[place] = objects;
    this.#arena.evidence[place] = Math.log2(objects);
    if (objects < this.#bound || objects < requests * breadth) return;
    const told = this.#toldAt[place] as number;
    if (told > 0 && objects < told * 2) return;
    this.#toldAt[place] = objects;
    this.#report(seen, key, objects);
  }

  /** What others have read in the day that is over says what is much in the next. */
  turn(nowMs: number): void {
    if (nowMs < this.#dayEndsMs) return;
    if (Number.isFinite(this.#dayEndsMs)) this.#learn();
    this.#dayEndsMs = nowMs + dayMs - (nowMs % dayMs);
    this.#arena.clear();
    for (const column of [this.#objects, this.#requests, this.#toldAt]) column.fill(0);
  }

  void(): void {
    this.#arena.clear();
    this.#dayEndsMs = Number.NEGATIVE_INFINITY;
  }

  #learn(): void {
    this.#others.fill(0);
    let all = 0;
    for (let place = 0; place < places; place += 1) {
      const objects = this.#objects[place] as number;
      // Who was told of is not what is usual.
      if (objects === 0 || (this.#toldAt[place] as number) > 0) continue;
      const at = Math.min(classes - 1, Math.floor(Math.log2(objects) * 2));
      this.#others[at] = (this.#others[at] as number) + 1;
      all += 1;
    }
    if (all < enoughOthers) return;
    let below = 0;
    for (let at = 0; at < classes; at += 1) {
      below += this.#others[at] as number;
      if (below < all * quantile) continue;
      this.#bound = Math.max(this.#parameters.objects, 2 * Math.ceil(2 ** ((at + 1) / 2)));
      return;
    }
  }

  #forget(place: number): void {
    for (const column of [this.#objects, this.#requests, this.#toldAt]) column[place] = 0;
  }

  #report({ operation, timeMs }: Seen, key: AttackKey, objects: number): void {
    this.#tell({
      detector: facts.name,
      kind: facts.kind,
      family: "objects",
      operation,
      atMs: timeMs,
      key,
      severity: objects >= this.#bound * 4 ? "high" : "medium",
      summary: `Somebody reads far more than others do, at ${operation} last: ${objects} objects in a day.`,
      observed: `${objects} distinct objects by one ${key.kind} in a day`,
      baseline: `${this.#bound} would be much, of what others read the day before`,
      errorRate: undefined,
      falseIf:
        "this is your partner's synchronization: give it a client of its own, and " +
        `detect: { scraping: { objects: ${objects * 2} } }`,
      isPart: (kept) => kept.signal.object !== 0 && keyOf(kept.signal).hash === key.hash,
    });
  }
}

const keyOf = (signal: Signal): AttackKey =>
  signal.subject === 0
    ? { kind: "client", hash: clientOf(signal) }
    : { kind: "subject", hash: signal.subject };
