import type { Mute, Mutes } from "../../watch/sinks/mutes.ts";
import { created, ok, Refused, route, type Route } from "../route.ts";
import { object, text, wholeNumber } from "../shape.ts";

export interface Alerts {
  /** Milliseconds since 1970. */
  readonly nowMs: () => number;
  testAlerts(): Promise<readonly { readonly to: string; readonly kind: string }[]>;
  readonly mutes: Pick<Mutes, "add" | "all" | "remove">;
}

const newMute = object(
  { reason: text, ttlSeconds: wholeNumber },
  { kind: text, operation: text, incident: text },
);

const string = { type: "string" };
const optional = { kind: string, operation: string, incident: string };
const always = {
  id: string,
  reason: string,
  by: string,
  until: { ...string, format: "date-time" },
};
const listed = {
  type: "object",
  properties: { ...always, ...optional },
  required: Object.keys(always),
};
/** What should stay quiet for longer is turned off in the policy. */
const mostSeconds = 30 * 86_400;

const shown = ({ untilMs, ...rest }: Mute) => ({ ...rest, until: new Date(untilMs).toISOString() });

/** Who is told of incidents, and of what not for a while. */
export const alertRoutes = (alerts: Alerts): readonly Route[] => [
  route({
    method: "POST",
    path: "/alerts/test",
    operationId: "testAlerts",
    summary: "Sends everybody who is told of incidents a notice that says it is a test",
    needs: "operator",
    answer: {
      status: 200,
      description: "What became of each, by host: taken, later or refused.",
      schema: { type: "array", items: { type: "object" } },
    },
    handle: async () => ok(await alerts.testAlerts()),
  }),
  route({
    method: "GET",
    path: "/mutes",
    operationId: "listMutes",
    summary: "What nobody is told of for a while",
    needs: "viewer",
    answer: {
      status: 200,
      description: "Those that have not ended.",
      schema: { type: "array", items: listed },
    },
    handle: () => ok(alerts.mutes.all(alerts.nowMs()).map(shown)),
  }),
  route({
    method: "POST",
    path: "/mutes",
    operationId: "addMute",
    summary: "Keeps quiet about a kind, an operation or one incident, for a while",
    needs: "operator",
    body: newMute,
    answer: { status: 201, description: "It is quiet until then.", schema: listed },
    handle: async ({ body: { ttlSeconds, ...rest }, by }) => {
      if (ttlSeconds < 1 || ttlSeconds > mostSeconds)
        throw new Refused(400, "This is no time to be quiet", `Expected 1 to ${mostSeconds} s.`);
      const untilMs = alerts.nowMs() + ttlSeconds * 1000;
      const mute = await alerts.mutes.add({ ...rest, by: by?.actor ?? "nobody", untilMs });
      if (mute === undefined) throw new Refused(400, "There are too many mutes", "Remove some.");
      return created(shown(mute));
    },
  }),
  route({
    method: "DELETE",
    path: "/mutes/{id}",
    operationId: "removeMute",
    summary: "Ends a mute",
    needs: "operator",
    answer: { status: 200, description: "It is told of again.", schema: listed },
    handle: async ({ path }) => {
      const gone = await alerts.mutes.remove(path["id"] ?? "");
      if (gone === undefined) throw new Refused(404, "There is no such mute");
      return ok(shown(gone));
    },
  }),
];
