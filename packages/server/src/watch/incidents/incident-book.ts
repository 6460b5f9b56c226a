import { randomBytes } from "node:crypto";
import { type AttackKey, type Evidence, type Severity, isAtLeast } from "../detectors/evidence.ts";
import type { KeptSeen, RecentSeen } from "../detectors/recent-seen.ts";
import { releaseMoment } from "./explaining-release.ts";
import { belongsTo } from "./grouping.ts";
import type {
  Change,
  Done,
  ExplainingRelease,
  Incident,
  IncidentState,
  Mark,
  NamedKey,
} from "./incident.ts";
import { mostOf, mostTelling, narrowest, touchedBy } from "./telling.ts";

export interface IncidentBookParts {
  readonly recent: Pick<RecentSeen, "since">;
  /** By which name an incident has a key: its hash is not kept. */
  readonly nameKey: (key: AttackKey) => string;
  /** The release that explains it. */
  readonly releaseOf: (
    evidence: Evidence,
    seen: readonly KeptSeen[],
  ) => ExplainingRelease | undefined;
  /** Told of every change that somebody may want to hear of or to keep. */
  readonly onChange: (incident: Incident, change: Change) => void;
}

/** Evidence with what belongs to it, by names that may be kept. */
interface Told {
  readonly evidence: Evidence;
  readonly seen: readonly KeptSeen[];
  readonly key: NamedKey;
  readonly because: Incident["because"];
  readonly release: ExplainingRelease | undefined;
}

/** Evidence speaks of what has happened within this time. */
const lookBackMs = 30 * 60_000;
/** An incident of which nothing is heard any more is over. */
const silenceMs = 30 * 60_000;
const mostKept = 500;
const mostKeys = 100;
const mostMoments = 50;

/** All incidents that somebody may ask for, the newest last. */
export class IncidentBook {
  readonly #parts: IncidentBookParts;
  readonly #incidents = new Map<string, Incident>();

  constructor(parts: IncidentBookParts) {
    this.#parts = parts;
  }

  /** Incidents from before this start. */
  restore(incidents: readonly Incident[]): void {
    for (const incident of incidents) this.#incidents.set(incident.id, incident);
  }

  all(): readonly Incident[] {
    return [...this.#incidents.values()].toReversed();
  }

  find(id: string): Incident | undefined {
    return this.#incidents.get(id);
  }

  /** Evidence about a campaign that is known makes its incident grow; other evidence opens one. */
  take(evidence: Evidence): Incident {
    const seen = this.#parts.recent.since(evidence.atMs - lookBackMs, evidence.isPart);
    const { nameKey, releaseOf } = this.#parts;
    const { kind } = evidence.key;
    const because = narrowest(seen);
    const told: Told = {
      evidence,
      seen,
      key: { kind, name: nameKey(evidence.key) },
      because: { kind: because.kind, share: because.share, name: nameKey(because) },
      release: releaseOf(evidence, seen),
    };
    const known = this.all().find((one) => belongsTo(evidence, told.key, one, seen));
    const grown = known === undefined ? opened(told) : grownBy(known, told);
    this.#put(grown);
    this.#parts.onChange(grown, changeOf(known, grown));
    return grown;
  }

  /** Ends those of which nothing was heard for a while. */
  turn(nowMs: number): void {
    for (const incident of this.#incidents.values()) {
      if (incident.state === "closed" || nowMs - incident.lastAtMs < silenceMs) continue;
      this.#change(
        { ...incident, state: "closed", closedAtMs: nowMs },
        "closed",
        nowMs,
        "nothing more was seen for 30 minutes",
      );
    }
  }

  /** What a person says that it was. @returns undefined where there is no such incident */
  mark(id: string, mark: Mark, who: string, atMs: number): Incident | undefined {
    const incident = this.#incidents.get(id);
    if (incident === undefined) return undefined;
    return this.#change({ ...incident, mark }, "marked", atMs, `${who} marked it ${mark}`);
  }

  setState(id: string, state: IncidentState, who: string, atMs: number): Incident | undefined {
    const incident = this.#incidents.get(id);
    if (incident === undefined) return undefined;
    const closed = state === "closed" ? { closedAtMs: atMs } : {};
    return this.#change({ ...incident, state, ...closed }, "marked", atMs, `${who}: ${state}`);
  }

  /** Notes what was done about an incident. */
  note(id: string, done: Done): void {
    const incident = this.#incidents.get(id);
    if (incident === undefined) return;
    const changed = { ...incident, done: [...incident.done, done].slice(-mostMoments) };
    this.#put(changed);
    this.#parts.onChange(changed, "marked");
  }

  /** The marks of what a detector has reported, the newest first. */
  marksOf(detector: string): readonly Mark[] {
    return this.all()
      .filter((one) => one.detector === detector)
      .flatMap(({ mark }) => mark ?? []);
  }

  #change(changed: Incident, change: Change, atMs: number, what: string): Incident {
    const told = { ...changed, timeline: withMoment(changed, atMs, what) };
    this.#put(told);
    this.#parts.onChange(told, change);
    return told;
  }

  #put(incident: Incident): void {
    this.#incidents.set(incident.id, incident);
    if (this.#incidents.size <= mostKept) return;
    const all = [...this.#incidents.values()];
    const oldest = all.find(({ state }) => state === "closed") ?? all[0];
    if (oldest !== undefined) this.#incidents.delete(oldest.id);
  }
}

const withMoment = (
  { timeline }: Pick<Incident, "timeline">,
  atMs: number,
  what: string,
): Incident["timeline"] => {
  const moment = { at: new Date(atMs).toISOString(), what };
  // How it began stays; of what came between, the newest.
  return timeline.length < mostMoments
    ? [...timeline, moment]
    : [...timeline.slice(0, 5), ...timeline.slice(6), moment];
};

function opened({ because, evidence, key, release, seen }: Told): Incident {
  const { atMs, baseline, detector, errorRate, falseIf, family, kind } = evidence;
  const { observed, operation, severity, summary } = evidence;
  const startedAtMs = seen[0]?.atMs ?? atMs;
  return {
    id: `i-${randomBytes(6).toString("hex")}`,
    kind,
    detector,
    family,
    severity,
    state: "open",
    summary,
    operation,
    operations: [operation],
    startedAtMs,
    lastAtMs: atMs,
    observed,
    baseline,
    ...(errorRate === undefined ? {} : { errorRate }),
    falseIf,
    because,
    keys: [key],
    detectors: [detector],
    touched: touchedBy(seen),
    records: mostTelling(seen),
    timeline: [
      ...releaseMoment(release),
      ...(startedAtMs < atMs
        ? [
            {
              at: new Date(startedAtMs).toISOString(),
              what: "the first request that belongs to it",
            },
          ]
        : []),
      { at: new Date(atMs).toISOString(), what: `${detector}: ${observed}` },
    ],
    done: [],
    ...(release === undefined ? {} : { release }),
  };
}

/** The sentence of the worse evidence stands; of as bad a one, the newest of the same detector. */
function grownBy(known: Incident, { because, evidence, key, release, seen }: Told): Incident {
  const { atMs, detector, observed, operation, severity } = evidence;
  const isWorse = severity !== known.severity && isAtLeast(severity, known.severity);
  const tells = isWorse || (severity === known.severity && detector === known.detector);
  const { baseline, errorRate, falseIf, kind, summary } = evidence;
  const isNewKey = !known.keys.some(({ kind: of, name }) => name === key.name && of === key.kind);
  const isFirst = !known.detectors.includes(detector);
  const all = seen.length === 0 ? known : { because, records: mostTelling(seen) };
  const reopened = known.state === "closed" ? { state: "open" as const } : {};
  const { closedAtMs: _closed, release: _release, ...rest } = known;
  const moment = isWorse || isFirst || known.state === "closed" || isNewKey;
  return {
    ...rest,
    ...reopened,
    ...(tells ? { baseline, detector, falseIf, kind, observed, summary } : {}),
    ...(tells && errorRate !== undefined ? { errorRate } : {}),
    severity: isWorse ? severity : known.severity,
    operations: known.operations.includes(operation)
      ? known.operations
      : [...known.operations, operation].slice(0, mostKeys),
    lastAtMs: Math.max(known.lastAtMs, atMs),
    because: all.because,
    records: all.records,
    keys: isNewKey && known.keys.length < mostKeys ? [...known.keys, key] : known.keys,
    detectors: isFirst ? [...known.detectors, detector] : known.detectors,
    touched: mostOf(known.touched, touchedBy(seen)),
    timeline: moment
      ? withMoment(
          known,
          atMs,
          `${wordsOf(known.severity, severity, isWorse)}${detector}: ${observed}`,
        )
      : known.timeline,
    ...(release === undefined ? {} : { release }),
  };
}

const wordsOf = (from: Severity, to: Severity, isWorse: boolean): string =>
  isWorse ? `${from} to ${to}; ` : "";

function changeOf(known: Incident | undefined, grown: Incident): Change {
  if (known === undefined) return "opened";
  return known.severity === grown.severity && known.state !== "closed" ? "grown" : "raised";
}
