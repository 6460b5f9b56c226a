import { createHmac } from "node:crypto";
import type { Incident } from "../incidents/incident.ts";
import { pagerDutyEvent } from "./pagerduty-event.ts";
import { listedIncident, shownIncident } from "../incidents/shown-incident.ts";

/** What is told of. */
export type Notice =
  | {
      readonly type: "incident.opened" | "incident.raised" | "incident.closed";
      readonly incident: Incident;
    }
  | { readonly type: "digest"; readonly incidents: readonly Incident[] }
  | { readonly type: "test" };

export type NoticeForm = "json" | "slack" | "pagerduty";

const most = 20;

/** A notice as its sink reads it. @param id the same at every attempt, so that it is taken once */
export function noticeBody(
  notice: Notice,
  form: NoticeForm,
  id: string,
  atMs: number,
  secret?: string,
): string {
  if (form === "pagerduty")
    return JSON.stringify(pagerDutyEvent(notice, wordsOf(notice), id, atMs, secret));
  if (form === "slack") return JSON.stringify({ text: plain(wordsOf(notice)) });
  const time = new Date(atMs).toISOString();
  return JSON.stringify({ id, time, type: notice.type, ...contentOf(notice) });
}

/**
 * `t=<seconds since 1970>,v1=<hexadecimal>`: an HMAC-SHA-256 over the time, a full stop and the body.
 * Whoever checks it refuses an old time, and so a notice that somebody sends again.
 */
export function signatureOf(secret: string, body: string, atMs: number): string {
  const seconds = Math.floor(atMs / 1000);
  const mac = createHmac("sha256", secret).update(`${seconds}.${body}`).digest("hex");
  return `t=${seconds},v1=${mac}`;
}

function contentOf(notice: Notice): object {
  if (notice.type === "test") return { summary: wordsOf(notice) };
  if (notice.type === "digest")
    return {
      summary: wordsOf(notice),
      incidents: notice.incidents.slice(0, most).map(listedIncident),
    };
  return { incident: shownIncident(notice.incident) };
}

const heads = {
  "incident.opened": "",
  "incident.raised": "worse: ",
  "incident.closed": "over: ",
} as const;

function wordsOf(notice: Notice): string {
  if (notice.type === "test") return "A test of Portcullis: notices arrive here.";
  if (notice.type === "digest")
    return [
      `${notice.incidents.length} incidents since the last digest:`,
      ...notice.incidents
        .slice(0, most)
        .map(({ id, severity, summary }) => `- ${severity}: ${summary} (${id})`),
    ].join("\n");
  const { baseline, falseIf, id, observed, severity, summary } = notice.incident;
  return [
    `[${severity}] ${heads[notice.type]}${summary}`,
    `Seen: ${observed}. Usual: ${baseline}.`,
    `It is nothing if ${falseIf}`,
    `portcullis incidents show ${id}`,
  ].join("\n");
}

/**
 * Names of operations come from documents, and addresses from callers: none of them may end a line
 * of a terminal, colour it, or be a link or a mention to whoever reads it.
 */
const plain = (text: string): string =>
  text
    .replaceAll(
      /[\u0000-\u0009\u000b-\u001f\u007f-\u009f\u2028\u2029\u202a-\u202e\u2066-\u2069]/g,
      " ",
    )
    .replaceAll("&", "&amp;")
    .replaceAll("<", "&lt;")
    .replaceAll(">", "&gt;");
