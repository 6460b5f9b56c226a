import { type Difference, differencesOf, type Thrown } from "../../watch/differences.ts";
import type { Release } from "../../watch/releases/release.ts";
import {
  mostOf,
  mostParameter,
  ok,
  type QueryParameter,
  Refused,
  route,
  type Route,
} from "../route.ts";
import { holdToParameters, sharedParameters, timeOf, timeParameters } from "./record-query.ts";
import { type AskSeries, unkeptCounts } from "./series.ts";
import { orUnanswered } from "./unanswered.ts";

/** What differences are found in, and what they may come from. */
export interface Differing {
  /** Undefined where no counts are kept. */
  readonly series: AskSeries | undefined;
  readonly releases: () => readonly Release[];
  readonly switches: () => Promise<readonly Thrown[]>;
}

const few = 5;
const dayMs = 86_400_000;
const weekMs = 7 * dayMs;
const longestMs = 31 * dayMs;
const parameters: readonly QueryParameter[] = [
  ...timeParameters,
  ...sharedParameters.filter(({ name }) => name === "app" || name === "appVersion"),
  mostParameter(few),
];
const text = { type: "string" };
const integer = { type: "integer" };
const item = {
  type: "object",
  properties: {
    operation: text,
    what: { ...text, enum: ["more", "fewer", "trouble"] },
    code: text,
    mode: text,
    class: { ...text, description: "4 or 5, where the backend has answered so." },
    app: {
      ...text,
      description: "The build that most of it comes with; absent where all have it.",
    },
    appVersion: text,
    count: integer,
    expected: { ...integer, description: "At the rate of a week before." },
    of: { ...integer, description: "Requests to the operation." },
    likely: {
      type: "object",
      description: "What it likely comes from.",
      properties: {
        kind: { ...text, enum: ["release", "build", "switch", "backend", "callers", "new"] },
        app: text,
        version: text,
        at: { ...text, format: "date-time" },
        switch: text,
      },
      required: ["kind"],
    },
  },
  required: ["operation", "what", "count", "expected", "of", "likely"],
};

/** What differs most from the same hours a week before. */
export const differencesRoute = ({ releases, series, switches }: Differing): Route =>
  route({
    method: "GET",
    path: "/differences",
    operationId: "listDifferences",
    summary: "What differs most from the same hours a week before, and what it likely comes from",
    needs: "viewer",
    query: parameters,
    answer: {
      status: 200,
      description: "The strangest first.",
      schema: {
        type: "object",
        properties: {
          items: { type: "array", items: item },
          missing: { type: "array", items: text },
        },
        required: ["items"],
      },
    },
    handle: async ({ query }) => {
      holdToParameters(query, parameters);
      const toMs = timeOf(query, "to") ?? Date.now();
      const fromMs = timeOf(query, "from") ?? toMs - dayMs;
      if (!(fromMs < toMs && toMs - fromMs <= longestMs))
        throw new Refused(400, "This is no time to compare", "Expected up to 31 days.");
      if (series === undefined) throw unkeptCounts();
      const filter = Object.fromEntries(
        ["app", "appVersion"].flatMap((name) => {
          const value = query.get(name);
          return value === null ? [] : [[name, value]];
        }),
      );
      const by = ["operation", "app", "appVersion", "class", "code", "mode"] as const;
      const rest = { step: "all", by, filter, durations: false } as const;
      const [now, before] = await Promise.all([
        orUnanswered(() => series({ fromMs, toMs, ...rest })),
        orUnanswered(() => series({ fromMs: fromMs - weekMs, toMs: toMs - weekMs, ...rest })),
      ]);
      const found: readonly Difference[] = differencesOf(
        {
          now: now.items,
          before: before.items,
          releases: releases(),
          switches: await switches(),
          fromMs,
          toMs,
        },
        mostOf(query, few),
      );
      const missing = [...new Set([...now.missing, ...before.missing])];
      return ok({ items: found, ...(missing.length === 0 ? {} : { missing }) });
    },
  });
