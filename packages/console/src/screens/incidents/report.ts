import type { AnswerTo } from "../../api/admin-client.ts";
import { visibleText } from "../../text/visible.ts";
import { incidentWords as words } from "../../words/incidents.ts";

/** What begins a link, a picture, code or a tag in Markdown. */
const special = /[\\`*_{}[\]<>()#+!|~]/g;
const plain = (text: string): string => visibleText(text, 400).replaceAll(special, "\\$&");

/** An incident as Markdown, for a ticket: pseudonyms alone, and nothing of callers that is more than text. */
export function reportOf(incident: AnswerTo<"GET /incidents/{id}">): string {
  const { because, done, falseIf, id, observed, severity, state, summary, timeline, touched } =
    incident;
  const counts = Object.entries(touched)
    .filter(([, count]) => count > 0)
    .map(([kind, count]) => `${count} ${kind}`);
  return [
    `# ${plain(summary)}`,
    "",
    `${id}, ${severity}, ${words.states[state]}; ${incident.startedAt} to ${incident.lastAt}.`,
    `${words.touched}: ${counts.join(", ")}.`,
    "",
    `## ${words.because}`,
    `${plain(observed)} (${words.baseline.toLowerCase()}: ${plain(incident.baseline)})`,
    because.name === "" ? words.everybody : `${because.kind} ${plain(because.name)}`,
    "",
    `## ${words.done}`,
    ...(done.length === 0
      ? [words.nothingDone]
      : done.map(({ at, what }) => `- ${at} ${plain(what)}`)),
    "",
    `## ${words.timeline}`,
    ...timeline.map(({ at, what }) => `- ${at} ${plain(what)}`),
    "",
    `## ${words.falseIf}`,
    plain(falseIf),
  ].join("\n");
}
