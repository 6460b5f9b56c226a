import type { Incident } from "../../watch/incidents/incident.ts";
import type { Reach } from "../../watch/responses/reach.ts";
import { type Possible, ResponseFault } from "../../watch/responses/responding.ts";
import { type ResponseWish, usualForMs } from "../../watch/responses/wish.ts";
import { holdsAt, type Response, responseActs } from "../../watch/responses/response.ts";
import { created, ok, Refused, refusing, route, type Route } from "../route.ts";
import { object, oneOf, text, wholeNumber } from "../shape.ts";

/** What can be done about incidents, and is. */
export interface Responses {
  /** Milliseconds since 1970. */
  readonly nowMs: () => number;
  find(id: string): Incident | undefined;
  readonly responding: {
    possible(incident: Incident, control?: string): readonly Possible[];
    of(incident: string): Promise<readonly Response[]>;
    respond(incident: Incident, wish: ResponseWish): Promise<Response>;
    undo(incident: string, id: string, by: string): Promise<Response | undefined>;
  };
}

const newResponse = object(
  { do: oneOf(responseActs), reason: text },
  { ttlSeconds: wholeNumber, control: text },
);

const string = { type: "string" };
const integer = { type: "integer" };
const moment = { ...string, format: "date-time" };
const acts = { ...string, enum: responseActs };
const key = {
  type: "object",
  properties: { kind: string, name: string },
  required: ["kind", "name"],
};
const reach = {
  type: "object",
  description: "Whom it touches, of those who had success within a day.",
  properties: {
    people: integer,
    of: integer,
    counted: { enum: ["device-bound", "signed-in"] },
    since: { ...moment, description: "Nothing is known of before." },
  },
  required: ["people", "of"],
};
const always = {
  id: string,
  incident: string,
  do: acts,
  key,
  operations: { type: "array", items: string },
  reach,
  by: string,
  reason: string,
  startedAt: moment,
  until: moment,
  state: { enum: ["holds", "ended", "undone"] },
  undo: { ...string, description: "The command that takes it back." },
};
const shown = {
  type: "object",
  properties: { ...always, control: string, undoneAt: moment, undoneBy: string },
  required: Object.keys(always),
};
const possible = {
  type: "object",
  properties: {
    do: acts,
    key,
    share: { type: "number", description: "How much of the incident the key explains." },
    reach,
    may: { type: "boolean" },
    because: { ...string, description: "Why it may not be done." },
  },
  required: ["do", "may"],
};

const isoOf = (ms: number): string => new Date(ms).toISOString();

/** A response as it is shown. What is undefined leaves no key in JSON. */
export function shownResponse(response: Response, nowMs: number) {
  const { act, by, control, createdAtMs, endsAtMs, id, incident, named, of, operations } = response;
  const { people, reason, undoneAtMs, undoneBy } = response;
  return {
    id,
    incident,
    do: act,
    key: { kind: named.kind, name: named.name },
    operations,
    control,
    reach: { people, of },
    by,
    reason,
    startedAt: isoOf(createdAtMs),
    until: isoOf(endsAtMs),
    state: undoneAtMs === undefined ? (holdsAt(response, nowMs) ? "holds" : "ended") : "undone",
    undo: `portcullis incidents undo ${incident} --response ${id}`,
    undoneAt: undoneAtMs === undefined ? undefined : isoOf(undoneAtMs),
    undoneBy,
  };
}

const shownReach = ({ counted, of, people, sinceMs }: Reach) => ({
  people,
  of,
  counted,
  since: sinceMs === undefined ? undefined : isoOf(sinceMs),
});

const shownPossible = ({ act, because, key: about, named, reach: touched }: Possible) => ({
  do: act,
  key: named,
  share: about === undefined ? undefined : Math.round(about.share * 100) / 100,
  reach: touched === undefined ? undefined : shownReach(touched),
  may: because === undefined,
  because,
});

/** What is done about one incident. */
export function responseRoutes(incidents: Responses): readonly Route[] {
  const incidentAt = (path: Readonly<Record<string, string>>): Incident => {
    const found = incidents.find(path["id"] ?? "");
    if (found === undefined) throw new Refused(404, "There is no such incident");
    return found;
  };
  return [
    route({
      method: "GET",
      path: "/incidents/{id}/responses",
      operationId: "listResponses",
      summary: "What is done about an incident, and what could be, with whom it would touch",
      needs: "viewer",
      query: [
        {
          name: "control",
          description: "Also tells of `enforce`: whom this control would refuse.",
          schema: string,
        },
      ],
      answer: {
        status: 200,
        description: "What holds or has held, the newest first, and what could be done.",
        schema: {
          type: "object",
          properties: {
            items: { type: "array", items: shown },
            can: { type: "array", items: possible },
          },
          required: ["items", "can"],
        },
      },
      handle: async ({ path, query }) => {
        const incident = incidentAt(path);
        const { nowMs, responding } = incidents;
        const atMs = nowMs();
        const control = query.get("control") ?? undefined;
        return ok({
          items: (await responding.of(incident.id)).map((one) => shownResponse(one, atMs)),
          can: responding.possible(incident, control).map(shownPossible),
        });
      },
    }),
    route({
      method: "POST",
      path: "/incidents/{id}/responses",
      operationId: "respondToIncident",
      summary: "Does something about an incident, for a while",
      needs: "operator",
      // Pressure, a second factor and quarantine let honest people go on, and end by themselves.
      confirm: ({ body }) => body.do === "revoke" || body.do === "enforce",
      body: newResponse,
      answer: {
        status: 201,
        description: "It holds on every thread of every node within a second.",
        schema: shown,
      },
      handle: refusing(ResponseFault, async ({ body, by, path }) => {
        const { control, do: act, reason, ttlSeconds } = body;
        const forMs = ttlSeconds === undefined ? usualForMs : ttlSeconds * 1000;
        const wish = { act, control, reason, forMs, by: by?.actor ?? "nobody" };
        const done = await incidents.responding.respond(incidentAt(path), wish);
        return created(shownResponse(done, incidents.nowMs()));
      }),
    }),
    route({
      method: "DELETE",
      path: "/incidents/{id}/responses/{response}",
      operationId: "undoResponse",
      summary: "Takes a response back",
      needs: "operator",
      answer: { status: 200, description: "It holds nowhere within a second.", schema: shown },
      handle: async ({ by, path }) => {
        const { id } = incidentAt(path);
        const undone = await incidents.responding.undo(
          id,
          path["response"] ?? "",
          by?.actor ?? "nobody",
        );
        if (undone === undefined) throw new Refused(404, "No such response holds");
        return ok(shownResponse(undone, incidents.nowMs()));
      },
    }),
  ];
}
