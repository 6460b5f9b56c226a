import { randomBytes } from "node:crypto";
import { type Evidence, isAtLeast, type Severity } from "../detectors/evidence.ts";
import type { KeptSeen } from "../detectors/recent-seen.ts";
import { releaseMoment } from "./explaining-release.ts";
import type { ExplainingRelease, Incident, NamedKey } from "./incident.ts";
import { mostOf, mostTelling, touchedBy } from "./telling.ts";

/** Evidence with what belongs to it, by names that may be kept. */
export interface Told {
  readonly evidence: Evidence;
  readonly seen: readonly KeptSeen[];
  readonly key: NamedKey;
  readonly because: Incident["because"];
  readonly release: ExplainingRelease | undefined;
  readonly hidden: string;
}

export const mostMoments = 50;
const mostKeys = 100;

export const withMoment = (
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

export function opened({ because, evidence, hidden, key, release, seen }: Told): Incident {
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
    hidden,
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
export function grownBy(
  known: Incident,
  { because, evidence, hidden, key, release, seen }: Told,
): Incident {
  const { atMs, detector, observed, operation, severity } = evidence;
  const isWorse = severity !== known.severity && isAtLeast(severity, known.severity);
  const tells = isWorse || (severity === known.severity && detector === known.detector);
  const { baseline, errorRate, falseIf, kind, summary } = evidence;
  const isNewKey = !known.keys.some(({ kind: of, name }) => name === key.name && of === key.kind);
  const isFirst = !known.detectors.includes(detector);
  const all = seen.length === 0 ? known : { because, hidden, records: mostTelling(seen) };
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
    ...(all.hidden === undefined ? {} : { hidden: all.hidden }),
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
