import { type Severity, severities, isAtLeast } from "../../watch/detectors/evidence.ts";
import type { DetectorState } from "../../watch/attack-watch.ts";
import {
  type Incident,
  type IncidentState,
  incidentStates,
  type Mark,
  marks,
} from "../../watch/incidents/incident.ts";
import { listedIncident, shownIncident } from "../../watch/incidents/shown-incident.ts";
import type { Mutes } from "../../watch/sinks/mutes.ts";
import { alertRoutes } from "./alerts.ts";
import { type Responses, responseRoutes } from "./responses.ts";
import { mostOf, mostParameter, ok, Refused, route, type Route } from "../route.ts";
import { object, oneOf } from "../shape.ts";

/** What is found, and what people say of it. */
export interface Incidents {
  readonly incidents: Responses & {
    /** The newest first. */
    all(): readonly Incident[];
    /** What a person says that it was, or that it is looked into or over. */
    judge(
      id: string,
      judgement: { readonly mark?: Mark; readonly state?: IncidentState },
      who: string,
    ): Incident | undefined;
    /** Sends everybody who is told a notice that says it is a test. */
    testAlerts(): Promise<readonly { readonly to: string; readonly kind: string }[]>;
    readonly mutes: Pick<Mutes, "add" | "all" | "remove">;
    detectors(): readonly (DetectorState & { readonly marked: string })[];
  };
}

const string = { type: "string" };
const integer = { type: "integer" };
const moment = { ...string, format: "date-time" };
const texts = { type: "array", items: string };
const listed = {
  id: string,
  kind: { ...string, description: "What it is, such as credential-stuffing." },
  severity: { ...string, enum: severities },
  state: { ...string, enum: incidentStates },
  summary: string,
  operation: string,
  startedAt: moment,
  lastAt: moment,
  detector: string,
};
const mark = { ...string, enum: marks };
const item = {
  type: "object",
  properties: { ...listed, mark },
  required: Object.keys(listed),
};
const key = {
  type: "object",
  properties: { kind: string, name: string },
  required: ["kind", "name"],
};
const telling = {
  type: "object",
  properties: {
    traceId: string,
    time: moment,
    operation: string,
    status: integer,
    code: string,
    attempt: string,
    address: string,
    subject: string,
  },
  required: ["traceId", "time", "operation", "status"],
};
const doneItem = {
  type: "object",
  properties: {
    at: moment,
    action: string,
    mode: { ...string, enum: ["observe", "enforce"] },
    what: string,
    until: { ...string, description: "It ends by itself." },
    undo: { ...string, description: "The command that takes it back." },
  },
  required: ["at", "action", "mode", "what"],
};
const told = {
  family: string,
  operations: texts,
  detectors: texts,
  observed: string,
  baseline: string,
  because: {
    type: "object",
    description: "The narrowest that explains most of it.",
    properties: { kind: string, name: string, share: { type: "number" } },
    required: ["kind", "name", "share"],
  },
  keys: { type: "array", items: key },
  keyCount: integer,
  touched: {
    type: "object",
    properties: { accounts: integer, addresses: integer, callers: integer, objects: integer },
    required: ["accounts", "addresses", "callers", "objects"],
  },
  records: { type: "array", items: telling, description: "The most telling requests." },
  falseIf: string,
  done: { type: "array", items: doneItem },
  timeline: {
    type: "array",
    items: { type: "object", properties: { at: moment, what: string }, required: ["at", "what"] },
  },
};
const release = {
  type: "object",
  description: "The release of an app that most of it came from.",
  properties: { app: string, version: string, at: moment, share: { type: "number" } },
  required: ["app", "version", "at", "share"],
};
const whole = {
  type: "object",
  properties: {
    ...listed,
    ...told,
    mark,
    closedAt: moment,
    errorRate: { type: "number" },
    release,
  },
  required: [...Object.keys(listed), ...Object.keys(told)],
};
const judgement = object({}, { mark: oneOf(marks), state: oneOf(incidentStates) });
const few = 50;

const none = (): Refused => new Refused(404, "There is no such incident");

/** What detectors have found, and which of them watch. */
export const incidentRoutes = ({ incidents }: Incidents): readonly Route[] => [
  route({
    method: "GET",
    path: "/incidents",
    operationId: "listIncidents",
    summary: "What detectors have found",
    needs: "viewer",
    query: [
      { name: "state", description: "In this state.", schema: listed.state },
      { name: "severity", description: "At least this bad.", schema: listed.severity },
      { name: "kind", description: "Of one kind.", schema: string },
      { name: "operation", description: "At one operation.", schema: string },
      mostParameter(few),
    ],
    answer: {
      status: 200,
      description: "The newest first.",
      schema: {
        type: "object",
        properties: { items: { type: "array", items: item } },
        required: ["items"],
      },
    },
    handle: ({ query }) => {
      const fits = filterOf(query);
      const found = incidents.all().filter(fits);
      return ok({ items: found.slice(0, mostOf(query, few)).map(listedIncident) });
    },
  }),
  route({
    method: "GET",
    path: "/incidents/{id}",
    operationId: "readIncident",
    summary: "All that is known of one incident",
    needs: "viewer",
    answer: { status: 200, description: "The incident.", schema: whole },
    handle: ({ path }) => {
      const found = incidents.find(path["id"] ?? "");
      if (found === undefined) throw none();
      return ok(shownIncident(found));
    },
  }),
  route({
    method: "PATCH",
    path: "/incidents/{id}",
    operationId: "judgeIncident",
    summary: "Says what an incident was, or that it is looked into or over",
    needs: "operator",
    body: judgement,
    answer: { status: 200, description: "The incident.", schema: whole },
    handle: ({ body, by, path }) => {
      const found = incidents.judge(path["id"] ?? "", body, by?.actor ?? "nobody");
      if (found === undefined) throw none();
      return ok(shownIncident(found));
    },
  }),
  ...responseRoutes(incidents),
  route({
    method: "GET",
    path: "/detectors",
    operationId: "listDetectors",
    summary: "What is looked for, whether it is, and what each cannot see",
    needs: "viewer",
    answer: {
      status: 200,
      description: "Every detector.",
      schema: { type: "array", items: { type: "object" } },
    },
    handle: () => ok(incidents.detectors()),
  }),
  ...alertRoutes(incidents),
];

/** @throws Refused for a word that is none */
function filterOf(query: URLSearchParams): (incident: Incident) => boolean {
  const [state, least] = [query.get("state"), query.get("severity")];
  const [kind, operation] = [query.get("kind"), query.get("operation")];
  if (state !== null && !incidentStates.some((one) => one === state))
    throw new Refused(400, "There is no such state", `Expected ${incidentStates.join(", ")}.`);
  if (least !== null && !severities.some((one) => one === least))
    throw new Refused(400, "There is no such severity", `Expected ${severities.join(", ")}.`);
  return (incident) =>
    (state === null || incident.state === state) &&
    (least === null || isAtLeast(incident.severity, least as Severity)) &&
    (kind === null || incident.kind === kind) &&
    (operation === null || incident.operations.includes(operation));
}
