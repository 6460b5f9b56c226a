import type { HashName } from "@portcullis/guard/records";
import { type LiveEvent, type LiveViewer, ViewersFault } from "../../watch/live-records.ts";
import { type BeginStream, eventText } from "../event-stream.ts";
import { route, type Route } from "../route.ts";
import { filterOf, holdToParameters, recordParameters } from "./record-query.ts";

/** @throws ViewersFault */
export type WatchRecords = (
  viewer: LiveViewer,
  after: string | undefined,
) => { drained(): void; close(): void };

export interface Live {
  readonly watch: WatchRecords;
  readonly hashName: HashName;
  readonly keptMs: () => number;
}

const parameters = [
  ...recordParameters.filter(({ name }) => name !== "from" && name !== "to"),
  {
    name: "after",
    description: "The id of the last event that came, where Last-Event-ID cannot be sent.",
    schema: { type: "string" },
  },
  {
    name: "background",
    description: "Nobody sits before it, so that it keeps no session of the console alive.",
    schema: { type: "string", enum: ["1"] },
  },
];

/** A connection that nobody is behind any more is noticed by what is written to it. */
const stillHereMs = 15_000;
/** Then it is opened anew, and who asks says again who they are: a token may have ended. */
const mostStreamMs = 600_000;

/** Records as they come: `record`, `shown` where not all were, `gap` where some are missing. */
export const liveRoute = ({ hashName, keptMs, watch }: Live): Route =>
  route({
    method: "GET",
    path: "/records/live",
    operationId: "watchRecords",
    summary: "Records as they come, as server-sent events",
    needs: "viewer",
    query: parameters,
    answer: {
      status: 200,
      description:
        "Events `record` (a decision record), `shown` (how many of how many were shown) `gap` (what has come since the place that was asked for is not all here) and `refused` (too many look on).",
      mediaType: "text/event-stream",
      schema: { type: "string" },
    },
    handle: ({ lastEventId, query }) => {
      holdToParameters(query, parameters);
      const filter = filterOf(query, { hashName, keptMs: keptMs(), nowMs: Date.now() });
      const after = lastEventId ?? query.get("after") ?? undefined;
      return {
        status: 200,
        mediaType: "text/event-stream",
        stream: streamOf(watch, filter, after),
      };
    },
  });

const streamOf =
  (watch: WatchRecords, filter: LiveViewer["filter"], after: string | undefined): BeginStream =>
  (sink) => {
    sink.write("retry: 2000\n\n");
    const tell = (event: LiveEvent): boolean => sink.write(textOf(event));
    const opened = orNothing(() => watch({ filter, tell }, after));
    if (typeof opened === "string") {
      sink.write(eventText({ event: "refused", data: { because: opened } }));
      sink.end();
      return { drained: () => undefined, ended: () => undefined };
    }
    const stillHere = setInterval(() => sink.write(": still here\n\n"), stillHereMs);
    const ending = setTimeout(() => sink.end(), mostStreamMs);
    return {
      drained: () => opened.drained(),
      ended: () => {
        opened.close();
        clearInterval(stillHere);
        clearTimeout(ending);
      },
    };
  };

function textOf(event: LiveEvent): string {
  if (event.kind === "record")
    return eventText({ event: "record", id: event.id, data: event.record });
  const { kind, ...data } = event;
  return eventText({ event: kind, data });
}

/** The head has been sent: what cannot begin is said in an event. */
function orNothing<T extends object>(begin: () => T): T | string {
  try {
    return begin();
  } catch (fault) {
    if (fault instanceof ViewersFault) return fault.message;
    throw fault;
  }
}
