import type { Severity } from "../detectors/evidence.ts";
import { shownIncident } from "../incidents/shown-incident.ts";
import type { Notice } from "./notice.ts";

const severities = {
  critical: "critical",
  high: "error",
  medium: "warning",
  low: "info",
  info: "info",
} as const satisfies Record<Severity, string>;

/** PagerDuty refuses a longer summary. */
const mostSummary = 1024;
const source = "portcullis";

/**
 * An event of PagerDuty's Events API v2. All notices of one incident have one `dedup_key`, so that it
 * is one alert there, which the end of the incident resolves.
 *
 * @param words the notice for a person
 * @param routingKey of the integration
 */
export function pagerDutyEvent(
  notice: Notice,
  words: string,
  id: string,
  atMs: number,
  routingKey: string | undefined,
): object {
  const timestamp = new Date(atMs).toISOString();
  const head = { routing_key: routingKey ?? "", client: "Portcullis" };
  const summary = words.slice(0, mostSummary);
  if (notice.type === "test" || notice.type === "digest")
    return {
      ...head,
      event_action: "trigger",
      dedup_key: `${source}/${notice.type}/${id}`,
      payload: { summary, source, severity: "info", timestamp, class: notice.type },
    };
  const { incident } = notice;
  return {
    ...head,
    event_action: notice.type === "incident.closed" ? "resolve" : "trigger",
    dedup_key: `${source}/${incident.id}`,
    payload: {
      summary,
      source,
      severity: severities[incident.severity],
      timestamp,
      component: incident.operation,
      group: incident.family,
      class: incident.kind,
      custom_details: shownIncident(incident),
    },
  };
}
