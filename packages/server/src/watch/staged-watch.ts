import { operationRoles } from "@portcullis/guard/records";
import { AttackWatch, type DetectSettings } from "./attack-watch.ts";
import { type Sender, type Sent, stagedRequest } from "./detectors/staged-traffic.ts";
import type { Incident } from "./incidents/incident.ts";
import { explainingRelease } from "./incidents/explaining-release.ts";
import { IncidentBook } from "./incidents/incident-book.ts";
import type { Release } from "./releases/release.ts";

/** Detectors and incidents over requests that a test or a benchmark makes up. */
export interface Staged {
  readonly watch: AttackWatch;
  send(atMs: number, who: Sender, sent: Sent): void;
  incidents(): readonly Incident[];
  /** Ends incidents of which nothing was heard. */
  turn(nowMs: number): void;
}

export function stage(settings: DetectSettings = {}, releases: readonly Release[] = []): Staged {
  const watch = new AttackWatch({
    settings,
    roles: new Set(operationRoles),
    onEvidence: (evidence) => book.take(evidence),
    say: () => undefined,
  });
  const book = new IncidentBook({
    recent: watch.recent,
    releaseOf: (evidence, seen) =>
      explainingRelease(evidence, seen, (app, version) =>
        releases.find((one) => one.app === app && one.version === version),
      ),
    nameKey: ({ hash, kind }) => (hash === 0 ? "" : `${kind} ${hash}`),
    hideKeys: JSON.stringify,
    onChange: () => undefined,
  });
  return {
    watch,
    send: (atMs, who, sent) => watch.note(stagedRequest(atMs, who, sent)),
    incidents: () => book.all(),
    turn: (nowMs) => book.turn(nowMs),
  };
}
