import { ok, route, type Route } from "../route.ts";
import type { NextStep } from "./next-steps.ts";
import type { PostureRow } from "./posture-table.ts";

/** Where every control stands, and what to do next. */
export interface Standings {
  readonly rows: readonly PostureRow[];
  readonly next: readonly NextStep[];
  /** Since when it is known what was refused. */
  readonly sinceMs: number;
  readonly requests: number;
}

export interface Posture {
  readonly posture: () => Promise<Standings>;
}

const string = { type: "string" };
const integer = { type: "integer" };
const moment = { ...string, format: "date-time" };
const texts = { type: "array", items: string };
const whole = (properties: object, optional: object = {}) => ({
  type: "object",
  properties: { ...properties, ...optional },
  required: Object.keys(properties),
});
const row = whole(
  {
    control: string,
    about: string,
    kind: string,
    operations: whole({ off: integer, observe: integer, staged: integer, enforce: integer }),
    metric: { ...string, description: "A query for Prometheus." },
    trigger: whole({ rules: texts, detectors: texts }),
    refused: integer,
    wouldHaveRefused: integer,
  },
  { owner: string, lastExercised: moment },
);
const schema = whole({
  since: moment,
  requests: integer,
  items: { type: "array", items: row },
  next: { type: "array", items: whole({ about: string, what: string, how: string }) },
});

const isoOf = (atMs: number): string => new Date(atMs).toISOString();

/** The same with moments as text. What is undefined leaves no key in JSON. */
export const shownPosture = ({ next, requests, rows, sinceMs }: Standings) => ({
  since: isoOf(sinceMs),
  requests,
  items: rows.map(({ lastExercisedMs, ...rest }) => ({
    ...rest,
    lastExercised: lastExercisedMs === undefined ? undefined : isoOf(lastExercisedMs),
  })),
  next,
});

export const postureRoutes = ({ posture }: Posture): readonly Route[] => [
  route({
    method: "GET",
    path: "/posture",
    operationId: "readPosture",
    summary:
      "Every control: where it stands, by what it is measured, whose it is; and what to do next",
    needs: "viewer",
    answer: { status: 200, description: "In the order of the journey.", schema },
    handle: async () => ok(shownPosture(await posture())),
  }),
];
