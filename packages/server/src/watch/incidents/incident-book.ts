import type { AttackKey, Evidence } from "../detectors/evidence.ts";
import type { KeptSeen, RecentSeen } from "../detectors/recent-seen.ts";
import { belongsTo } from "./grouping.ts";
import { grownBy, mostMoments, opened, type Told, withMoment } from "./grow-incident.ts";
import type { Change, Done, ExplainingRelease, Incident, IncidentState, Mark } from "./incident.ts";
import { type Explaining, explainingKeys } from "./telling.ts";

export interface IncidentBookParts {
  readonly recent: Pick<RecentSeen, "since">;
  /** By which name an incident has a key: its hash is not kept. */
  readonly nameKey: (key: AttackKey) => string;
  /** The release that explains it. */
  readonly releaseOf: (
    evidence: Evidence,
    seen: readonly KeptSeen[],
  ) => ExplainingRelease | undefined;
  /** In which form an incident keeps the keys that explain it, so that nobody reads them there. */
  readonly hideKeys: (keys: readonly Explaining[]) => string;
  /** Told of every change that somebody may want to hear of or to keep. */
  readonly onChange: (incident: Incident, change: Change) => void;
}

/** Evidence speaks of what has happened within this time. */
const lookBackMs = 30 * 60_000;
/** An incident of which nothing is heard any more is over. */
const silenceMs = 30 * 60_000;
const mostKept = 500;

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
    const explaining = explainingKeys(seen, evidence.key);
    const because = explaining[0] as Explaining;
    const told: Told = {
      evidence,
      seen,
      key: { kind, name: nameKey(evidence.key) },
      because: { kind: because.kind, share: because.share, name: nameKey(because) },
      release: releaseOf(evidence, seen),
      hidden: this.#parts.hideKeys(explaining),
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

  /** Those of which nothing was heard since then are not kept any longer. */
  removeBefore(atMs: number): void {
    for (const { id, lastAtMs } of this.#incidents.values())
      if (lastAtMs < atMs) this.#incidents.delete(id);
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

function changeOf(known: Incident | undefined, grown: Incident): Change {
  if (known === undefined) return "opened";
  return known.severity === grown.severity && known.state !== "closed" ? "grown" : "raised";
}
