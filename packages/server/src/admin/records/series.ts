import {
  type Series,
  seriesDimensions,
  type SeriesDimension,
  type SeriesQuestion,
  type SeriesStep,
  seriesSteps,
} from "../../watch/series.ts";
import { ok, type QueryParameter, Refused, route, type Route } from "../route.ts";
import { holdToParameters, sharedParameters, timeOf, timeParameters } from "./record-query.ts";
import { orUnanswered } from "./unanswered.ts";

/** @throws UnansweredFault */
export type AskSeries = (question: SeriesQuestion) => Promise<Series>;

const text = { type: "string" };
const steps = [...Object.keys(seriesSteps), "all"] as readonly SeriesStep[];
const quantiles = {
  type: "object",
  description: "In milliseconds, right to one percent.",
  properties: { p50: { type: "number" }, p95: { type: "number" }, p99: { type: "number" } },
};

const parameters: readonly QueryParameter[] = [
  ...timeParameters,
  ...sharedParameters,
  {
    name: "class",
    description: "Of one class of statuses: 4 for 404.",
    schema: { ...text, enum: ["1", "2", "3", "4", "5"] },
  },
  {
    name: "step",
    description:
      "How long each counted time is; `all` is one of everything. Times are whole steps.",
    schema: { ...text, enum: steps, default: "hour" },
  },
  {
    name: "by",
    description: `What is told apart, with commas between: ${seriesDimensions.join(", ")}.`,
    schema: text,
  },
  {
    name: "durations",
    description: "Whether to say how long requests took, and of that the backend.",
    schema: { ...text, enum: ["true", "false"], default: "false" },
  },
];

const answer = {
  type: "object",
  properties: {
    items: {
      type: "array",
      items: {
        type: "object",
        properties: {
          at: { ...text, format: "date-time" },
          ...Object.fromEntries(seriesDimensions.map((name) => [name, text])),
          requests: { type: "integer" },
          decided: {
            type: "integer",
            description: "Decisions, observed ones too; a request may have several.",
          },
          durationMs: quantiles,
          upstreamMs: quantiles,
        },
        required: ["at", "requests", "decided"],
      },
    },
    estimated: { type: "boolean", description: "Whether a part of the records stands for all." },
    missing: { type: "array", items: text },
  },
  required: ["items", "estimated"],
};

const dayMs = 86_400_000;
/** Steps that fit on a screen, and in an answer. */
const mostSteps = 10_000;

/** What was counted: by the minute for two days, by the hour for a year and more. */
export const seriesRoute = (series: AskSeries | undefined): Route =>
  route({
    method: "GET",
    path: "/series",
    operationId: "listSeries",
    summary: "Requests and decisions in counts, by time and by what tells them apart",
    needs: "viewer",
    query: parameters,
    answer: { status: 200, description: "The oldest first.", schema: answer },
    handle: async ({ query }) => {
      holdToParameters(query, parameters);
      const question = questionOf(query, Date.now());
      if (series === undefined) throw unkeptCounts();
      const { missing, ...rest } = await orUnanswered(() => series(question));
      return ok({ ...rest, ...(missing.length === 0 ? {} : { missing }) });
    },
  });

export const unkeptCounts = (): Refused =>
  new Refused(
    409,
    "No counts are kept",
    "The policy keeps none: record: { keep: { hours: 400d } }",
  );

/** @throws Refused */
function questionOf(query: URLSearchParams, nowMs: number): SeriesQuestion {
  const toMs = timeOf(query, "to") ?? nowMs;
  const fromMs = timeOf(query, "from") ?? toMs - dayMs;
  const step = (query.get("step") ?? "hour") as SeriesStep;
  const by = (query.get("by") ?? "").split(",").filter((one) => one !== "");
  const unknown = by.find((one) => !seriesDimensions.includes(one as SeriesDimension));
  if (unknown !== undefined)
    throw new Refused(
      400,
      `'${unknown}' tells nothing apart`,
      `Expected ${seriesDimensions.join(", ")}.`,
    );
  if (step !== "all" && (toMs - fromMs) / seriesSteps[step] > mostSteps)
    throw new Refused(
      400,
      `There are more than ${mostSteps} steps`,
      "Ask for a shorter time or a longer step.",
    );
  const filter = Object.fromEntries(
    seriesDimensions.flatMap((name) => {
      const value = query.get(name);
      return value === null ? [] : [[name, value]];
    }),
  );
  return {
    fromMs,
    toMs,
    step,
    by: by as SeriesDimension[],
    filter,
    durations: query.get("durations") === "true",
  };
}
