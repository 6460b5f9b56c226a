import type { Evidence } from "../detectors/evidence.ts";
import type { KeptSeen } from "../detectors/recent-seen.ts";
import type { Incident, NamedKey } from "./incident.ts";

/** What comes later than this behind the last that was seen begins another campaign. */
const apartMs = 30 * 60_000;
/** What comes back on the same day, of the same key, is the same campaign. */
const sameDayMs = 24 * 3_600_000;
/** So much of what was seen at both must have been the same requests or the same kind of client. */
const sharedShare = 0.5;

/**
 * Whether evidence belongs to an incident: one campaign is one incident, however many keys, clients
 * and detectors see a part of it.
 */
export function belongsTo(
  { atMs, family, kind, operation }: Evidence,
  key: NamedKey,
  incident: Incident,
  seen: readonly KeptSeen[],
): boolean {
  if (incident.family !== family) return false;
  if (incident.mark !== undefined && incident.state === "closed") return false;
  const apart = atMs - incident.lastAtMs;
  const isSameKey =
    key.name !== "" &&
    incident.keys.some(({ kind: of, name }) => name === key.name && of === key.kind);
  if (isSameKey) return apart <= sameDayMs;
  if (apart > apartMs || incident.state === "closed") return false;
  if (!incident.operations.includes(operation)) return false;
  // An alarm of everybody together and one of a single key are two views of one thing.
  if (key.kind === "everybody" || incident.keys.some((one) => one.kind === "everybody"))
    return kind === incident.kind || family === "sign-in" || family === "business";
  return isSameAttack(incident, seen, kind);
}

/** The same kind of attack at the same operation, while it lasts, by clients that overlap. */
function isSameAttack(incident: Incident, seen: readonly KeptSeen[], kind: string): boolean {
  const traces = new Set(incident.records.map(({ traceId }) => traceId));
  const shared = seen.filter(({ traceId }) => traces.has(traceId)).length;
  if (shared >= incident.records.length * sharedShare && shared > 0) return true;
  return incident.kind === kind;
}
