import { type Signal } from "@portcullis/guard/records";
import type { Detector, DetectorFacts } from "./detector.ts";
import type { TellEvidence } from "./evidence.ts";
import type { Seen } from "./seen.ts";
import { timeOf } from "./words.ts";

export interface ShadowParameters {
  /** So many answers of the backend to what no document names. */
  readonly hits: number;
  /** Over how long a time at least. */
  readonly withinMs: number;
}

export const facts: DetectorFacts = {
  name: "shadowOperation",
  kind: "shadow-operation",
  key: "everything that no document names, together",
  statistic:
    "answers by which the backend shows that something is there, over a time, from three callers or clients",
  blindTo:
    "which path it is: a path holds ids, and is not recorded; and all of it where the route is enforced",
  roles: [],
};

const undeclared = "(undeclared)";
const leastCallers = 3;
const mostCallers = 64;
const onceIn = 24 * 3_600_000;
/** Answers that prove that there is something. */
const proves = (status: number | undefined): boolean =>
  status !== undefined &&
  ((status >= 200 && status < 400) || [401, 405, 409, 422].includes(status));

/** Operations that the backend answers and no document names. */
export class ShadowOperation implements Detector {
  readonly bytes = mostCallers * 8;
  readonly #parameters: ShadowParameters;
  readonly #tell: TellEvidence;
  readonly #callers = new Set<number>();
  #hits = 0;
  #sinceMs = Number.NEGATIVE_INFINITY;
  #toldMs = Number.NEGATIVE_INFINITY;

  constructor(parameters: ShadowParameters, tell: TellEvidence) {
    this.#parameters = parameters;
    this.#tell = tell;
  }

  note(seen: Seen, { address, subject }: Signal): void {
    if (seen.operation !== undeclared || !proves(seen.upstreamStatus)) return;
    const { hits, withinMs } = this.#parameters;
    if (seen.timeMs - this.#sinceMs > onceIn) this.#begin(seen.timeMs);
    this.#hits += 1;
    if (this.#callers.size < mostCallers) this.#callers.add(subject === 0 ? address : subject);
    const isLong = seen.timeMs - this.#sinceMs >= withinMs;
    if (this.#hits < hits || !isLong || this.#callers.size < leastCallers) return;
    if (seen.timeMs - this.#toldMs < onceIn) return;
    this.#toldMs = seen.timeMs;
    this.#tell({
      detector: facts.name,
      kind: facts.kind,
      family: "inventory",
      operation: undeclared,
      atMs: seen.timeMs,
      key: { kind: "everybody", hash: 0 },
      severity: "low",
      summary: "The backend answers requests that no document names, and the gate lets them pass.",
      observed: `${this.#hits} answers to at least ${this.#callers.size} callers within ${timeOf(onceIn)}`,
      baseline: "what no document names is refused where the route is enforced",
      errorRate: undefined,
      falseIf: `they are files or pages that need no document: detect: { shadowOperation: { hits: ${hits * 100} } }, or name them in the document`,
      isPart: (kept) => kept.operation === undeclared,
    });
  }

  void(): void {
    this.#begin(Number.NEGATIVE_INFINITY);
  }

  #begin(nowMs: number): void {
    this.#sinceMs = nowMs;
    this.#hits = 0;
    this.#callers.clear();
  }
}
