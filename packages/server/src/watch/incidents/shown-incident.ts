import type { Incident, NamedKey } from "./incident.ts";

const isoOf = (atMs: number): string => new Date(atMs).toISOString();

/** An incident as it stands in a list. */
export const listedIncident = (incident: Incident) => {
  const { detector, id, kind, lastAtMs, mark, operation, severity, startedAtMs, state, summary } =
    incident;
  return {
    id,
    kind,
    severity,
    state,
    summary,
    operation,
    startedAt: isoOf(startedAtMs),
    lastAt: isoOf(lastAtMs),
    detector,
    ...(mark === undefined ? {} : { mark }),
  };
};

/** An incident with all that is known of it. */
export const shownIncident = (incident: Incident) => {
  const { baseline, because, closedAtMs, detectors, done, errorRate, falseIf, family } = incident;
  const { keys, observed, operations, records, release, timeline, touched } = incident;
  return {
    ...listedIncident(incident),
    ...(closedAtMs === undefined ? {} : { closedAt: isoOf(closedAtMs) }),
    family,
    operations,
    detectors,
    observed,
    baseline,
    ...(errorRate === undefined ? {} : { errorRate }),
    because: { ...namedBy(because, incident), share: Math.round(because.share * 100) / 100 },
    keys: keys.slice(0, shownKeys),
    keyCount: keys.length,
    touched,
    records,
    falseIf,
    ...(release === undefined ? {} : { release }),
    done,
    timeline,
  };
};

const shownKeys = 20;

/** Where records say who it was, the incident does too. */
function namedBy({ kind, name }: NamedKey, { records }: Incident): NamedKey {
  const field =
    kind === "client" || kind === "address"
      ? "address"
      : kind === "subject"
        ? "subject"
        : undefined;
  if (field === undefined) return { kind, name };
  const said = records.map((record) => record[field]).filter((one) => one !== undefined);
  const [first] = said;
  return first !== undefined && said.every((one) => one === first)
    ? { kind, name: first }
    : { kind, name };
}
