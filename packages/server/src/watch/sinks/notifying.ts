import { isAtLeast, type Severity } from "../detectors/evidence.ts";
import type { Change, Incident } from "../incidents/incident.ts";
import type { Notice } from "./notice.ts";

export interface NotifyingOptions {
  /** The least severity that is told of. */
  readonly minSeverity: Severity;
  readonly send: (notice: Notice) => void;
  /** Whether nobody wants to hear of it for now. */
  readonly isMuted: (incident: Incident, nowMs: number) => boolean;
}

const dayMs = 24 * 3_600_000;
const aDay = 3;
/** Rises of one incident are told together. */
const togetherMs = 60_000;
const mostInDigest = 200;
const mostTold = 1000;

interface Told {
  readonly severity: Severity;
  readonly atMs: number;
}

/**
 * Decides of what somebody is told at once, and of what once a day. Three notices a day are to be
 * expected; what is critical passes, everything else waits for the digest, and so does what a new
 * release explains. Who asks for `low` or `info` has said that more is wanted.
 */
export class Notifying {
  readonly #options: NotifyingOptions;
  readonly #told = new Map<string, Told>();
  readonly #rises = new Map<string, { readonly incident: Incident; readonly dueMs: number }>();
  readonly #digest = new Map<string, Incident>();
  #noticesMs: number[] = [];
  #digestDueMs = Number.POSITIVE_INFINITY;

  constructor(options: NotifyingOptions) {
    this.#options = options;
  }

  hear(incident: Incident, change: Change, nowMs: number, isUrgent: boolean): void {
    const { id, severity } = incident;
    if (!isAtLeast(severity, this.#options.minSeverity) || change === "marked") return;
    if (this.#options.isMuted(incident, nowMs)) return;
    const told = this.#told.get(id);
    if (change === "closed") {
      if (told !== undefined) this.#options.send({ type: "incident.closed", incident });
      this.#told.delete(id);
      this.#rises.delete(id);
      return;
    }
    if (told === undefined) this.#open(incident, nowMs, isUrgent);
    else if (severity !== told.severity)
      this.#rises.set(id, {
        incident,
        dueMs: this.#rises.get(id)?.dueMs ?? Math.max(nowMs, told.atMs + togetherMs),
      });
  }

  /** What has waited long enough is told. */
  turn(nowMs: number): void {
    for (const [id, { dueMs, incident }] of this.#rises) {
      if (dueMs > nowMs) continue;
      this.#rises.delete(id);
      this.#note(incident, nowMs);
      this.#options.send({ type: "incident.raised", incident });
    }
    if (nowMs < this.#digestDueMs) return;
    this.#options.send({ type: "digest", incidents: [...this.#digest.values()] });
    this.#digest.clear();
    this.#digestDueMs = Number.POSITIVE_INFINITY;
  }

  #open(incident: Incident, nowMs: number, isUrgent: boolean): void {
    if (!isUrgent && !this.#hasRoom(incident, nowMs)) {
      if (this.#digest.size < mostInDigest) this.#digest.set(incident.id, incident);
      this.#digestDueMs = Math.min(this.#digestDueMs, nowMs + dayMs);
      return;
    }
    this.#digest.delete(incident.id);
    this.#note(incident, nowMs);
    this.#noticesMs.push(nowMs);
    this.#options.send({ type: "incident.opened", incident });
  }

  #hasRoom({ release, severity }: Incident, nowMs: number): boolean {
    if (release?.isQuiet === true) return false;
    if (severity === "critical" || !isAtLeast(this.#options.minSeverity, "medium")) return true;
    this.#noticesMs = this.#noticesMs.filter((atMs) => nowMs - atMs < dayMs);
    return this.#noticesMs.length < aDay;
  }

  #note({ id, severity }: Incident, atMs: number): void {
    const [oldest] = this.#told.keys();
    if (this.#told.size >= mostTold && oldest !== undefined) this.#told.delete(oldest);
    this.#told.set(id, { severity, atMs });
  }
}
