import type { Severity } from "../../watch/detectors/evidence.ts";
import { type Mark, marks } from "../../watch/incidents/incident.ts";
import type { listedIncident, shownIncident } from "../../watch/incidents/shown-incident.ts";
import { askAdmin } from "../ask-admin.ts";
import { directoryFlag, jsonFlag } from "../policy-flags.ts";
import { responseActs } from "../../watch/responses/response.ts";
import { readDuration } from "../read-duration.ts";
import { text } from "../sources.ts";
import { Misuse, type Say, sayTo, tableLines, type Terminal } from "../terminal.ts";
import { type Ask, responseActions } from "./incidents/responses.ts";
import type { Command, Environment, Flags } from "../verb.ts";

export const actions = {
  list: { help: "what was found, the newest first; exit code 1 where something is open" },
  show: {
    takes: "ID",
    help: "all that is known of one: why, who, since when, and when it is nothing",
  },
  mark: { takes: "ID", help: "say what it was, with --as true, benign or expected" },
  acknowledge: { takes: "ID", help: "say that somebody looks into it" },
  close: { takes: "ID", help: "say that it is over" },
  responses: {
    takes: "ID",
    help: "what is done about it, and what could be, and whom that touches",
  },
  respond: { takes: "ID", help: "do something about it for a while, with --with, --for and --why" },
  undo: { takes: "ID", help: "take back what is done about it; with --response, only that" },
  snooze: { takes: "ID", help: "be told nothing of it for a while, with --for and --why" },
  test: { help: "send everybody who is told a notice that says it is a test" },
} as const;

export const flags = {
  as: { type: "string", help: "with mark: what it was", completes: marks },
  for: { type: "string", help: "with snooze (24h) and respond (1h): how long" },
  why: { type: "string", help: "with snooze and respond: why" },
  with: { type: "string", help: "with respond: what is done", completes: responseActs },
  control: { type: "string", help: "with enforce: which control (docs/journey.md)" },
  response: { type: "string", help: "with undo: one response, by its id" },
  severity: {
    type: "string",
    help: "with list: at least this bad",
    completes: ["info", "low", "medium", "high", "critical"] satisfies Severity[],
  },
  admin: { type: "string", help: "the gate's admin address (http://127.0.0.1:9443)" },
  directory: directoryFlag,
  json: jsonFlag,
} satisfies Flags;

export const example = `portcullis incidents show i-3f9c21ab04de
       portcullis incidents respond i-3f9c21ab04de --with pressure --why "it goes on"
       portcullis incidents undo i-3f9c21ab04de`;

type Listed = ReturnType<typeof listedIncident>;
type Shown = ReturnType<typeof shownIncident>;

/** What detectors of the running gate have found. */
export async function run(
  { values, words }: Command,
  _environment: Environment,
  terminal: Terminal,
): Promise<number> {
  const [action = "list", id] = words;
  const ask: Ask = (path, change) =>
    askAdmin(
      text(values["admin"]) ?? "http://127.0.0.1:9443",
      text(values["directory"]) ?? ".portcullis",
      path,
      change,
    );
  const say = sayTo(terminal, values);
  if (action === "list") return list(ask, text(values["severity"]), say);
  if (action === "test") return test(ask, say);
  if (id === undefined) throw new Misuse(`say which: portcullis incidents ${action} ID`);
  const path = `/incidents/${encodeURIComponent(id)}`;
  const answering = responseActions[action];
  if (answering !== undefined) return answering(ask, { id, path, values }, say);
  if (action === "snooze") {
    const reason = text(values["why"]);
    if (reason === undefined) throw new Misuse("--why is missing: say why nobody is to be told.");
    const ttlSeconds = readDuration("for", text(values["for"]) ?? "24h") / 1000;
    const mute = { incident: id, reason, ttlSeconds };
    const made = await ask<{ readonly until: string }>("/mutes", { method: "POST", body: mute });
    say(made, `Nobody is told of ${id} until ${made.until}.`);
    return 0;
  }
  const body = changeOf(action, text(values["as"]));
  const incident = await ask<Shown>(path, body === undefined ? {} : { method: "PATCH", body });
  say(incident, body === undefined ? wordsOf(incident) : `${id} is ${Object.values(body).join()}.`);
  return 0;
}

function changeOf(action: string, as: string | undefined): object | undefined {
  if (action === "close") return { state: "closed" };
  if (action === "acknowledge") return { state: "acknowledged" };
  if (action !== "mark") return undefined;
  if (!marks.includes(as as Mark))
    throw new Misuse(`say what it was: portcullis incidents mark ID --as ${marks.join("|")}`);
  return { mark: as };
}

async function list(ask: Ask, severity: string | undefined, say: Say): Promise<number> {
  const query = severity === undefined ? "" : `?${new URLSearchParams({ severity }).toString()}`;
  const { items } = await ask<{ readonly items: readonly Listed[] }>(`/incidents${query}`);
  say(
    items,
    items.length === 0
      ? "Nothing was found."
      : tableLines([
          ["ID", "SEVERITY", "STATE", "SINCE", "WHAT"],
          ...items.map((one) => [one.id, one.severity, one.state, one.startedAt, one.summary]),
        ]),
  );
  return items.some(({ state }) => state === "open") ? 1 : 0;
}

async function test(ask: Ask, say: Say): Promise<number> {
  const all = await ask<readonly { to: string; kind: string; why?: string }[]>("/alerts/test", {
    method: "POST",
  });
  const lines = all.map(({ kind, to, why = "" }) => `${to}: ${kind} ${why}`.trimEnd());
  say(all, all.length === 0 ? "Nobody is told: the policy has no alerts." : lines.join("\n"));
  return all.every(({ kind }) => kind === "taken") ? 0 : 1;
}

const wordsOf = (incident: Shown): string =>
  [
    `${incident.id}  ${incident.severity}  ${incident.state}  ${incident.kind}`,
    incident.summary,
    "",
    `Seen:      ${incident.observed}`,
    `Usual:     ${incident.baseline}`,
    ...("errorRate" in incident ? [`Test:      wrong about one in ${1 / incident.errorRate}`] : []),
    `Held against: ${incident.because.kind} ${incident.because.name} (${incident.because.share * 100} % of it)`,
    ...releaseLines(incident),
    `Touched:   ${Object.entries(incident.touched)
      .map(([what, count]) => `${count} ${what}`)
      .join(", ")}`,
    `Nothing if ${incident.falseIf}`,
    "",
    ...tableOf(
      "WHEN",
      "WHAT",
      incident.timeline.map(({ at, what }) => [at, what]),
    ),
    "",
    ...tableOf(
      "TRACE ID",
      "STATUS",
      incident.records.map((one) => [one.traceId, `${one.status} ${one.attempt ?? ""}`]),
    ),
    ...incident.done.map(({ action, at, what }) => `${at}  ${action}: ${what}`),
  ].join("\n");

const releaseLines = ({ release }: Shown): string[] =>
  release === undefined
    ? []
    : [
        `Release:   ${Math.round(release.share * 100)} % of it came from ${release.app} ${release.version}, released ${release.at}` +
          (release.isQuiet ? "; so it is told of in the digest alone" : ""),
      ];

const tableOf = (first: string, second: string, rows: string[][]): string[] =>
  rows.length === 0 ? [] : [tableLines([[first, second], ...rows])];
