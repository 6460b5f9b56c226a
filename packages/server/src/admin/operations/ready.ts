import { readRange, readVersion } from "@portcullis/guard/modes";
import type { GuardedOperation } from "../../policy/guarded-operations.ts";
import type { SwitchRecord } from "../../store/tables/switches.ts";
import { lowestHarmless } from "../../watch/forecast/harmless-builds.ts";
import type { SeriesItem } from "../../watch/series.ts";
import { holdToParameters } from "../records/record-query.ts";
import { orUnanswered } from "../records/unanswered.ts";
import {
  mostOf,
  mostParameter,
  ok,
  type QueryParameter,
  Refused,
  route,
  type Route,
} from "../route.ts";
import { keyOfCode } from "./code-keys.ts";
import type { Guarding } from "./guarding.ts";
import { heldModes, ladderKeys, modeWord, modeWords } from "./held-modes.ts";
import { sinceOf, sinceParameter } from "./since.ts";

const few = 50;
const parameters: readonly QueryParameter[] = [sinceParameter("7d"), mostParameter(few)];
const text = { type: "string" };
const whole = { type: "integer" };

const item = {
  type: "object",
  properties: {
    operation: text,
    place: text,
    control: text,
    modeWords: text,
    words: { ...text, description: "What the next step does." },
    app: { ...text, description: "For builds in this range; absent: for all." },
    requests: { ...whole, description: "Requests that were judged, and that it would not refuse." },
    seenSince: { ...text, format: "date-time", description: "The hour of the first of them." },
    isExact: { type: "boolean" },
  },
  required: ["operation", "control", "modeWords", "words", "requests", "seenSince", "isExact"],
};

/** Controls that are only observed, and whose next step would have refused nobody. */
export const readyRoute = (guarding: Guarding): Route =>
  route({
    method: "GET",
    path: "/ready",
    operationId: "listReady",
    summary: "Controls in observe whose next step would have refused nobody",
    needs: "viewer",
    query: parameters,
    answer: {
      status: 200,
      description: "Those with the most requests first.",
      schema: {
        type: "object",
        properties: {
          from: { ...text, format: "date-time" },
          items: { type: "array", items: item },
          count: { ...whole, description: "How many there are of all." },
        },
        required: ["from", "items", "count"],
      },
    },
    handle: async ({ query }) => {
      holdToParameters(query, parameters);
      const { series } = guarding;
      if (series === undefined)
        throw new Refused(
          409,
          "No counts are kept",
          "The policy keeps none: record: { keep: { hours: 400d } }",
        );
      const nowMs = Date.now();
      const fromMs = sinceOf(query, "7d", nowMs);
      const asked = { fromMs, toMs: nowMs + 1, filter: {}, durations: false } as const;
      const [seen, decided] = await orUnanswered(async () => [
        await series({ ...asked, step: "hour", by: ["operation", "appVersion"] }),
        await series({ ...asked, step: "all", by: ["operation", "appVersion", "code", "mode"] }),
      ]);
      const switches = await guarding.holding();
      const traffic = Map.groupBy(seen.items, ({ operation = "" }) => operation);
      const refused = Map.groupBy(
        decided.items.filter(({ code }) => code !== undefined),
        ({ code = "", operation = "" }) => `${operation}\n${keyOfCode(code)}`,
      );
      const ready = guarding
        .guarded()
        .flatMap((one) =>
          readyAt(one, switches, traffic.get(one.name) ?? [], (key) =>
            (refused.get(`${one.name}\n${key}`) ?? []).map(({ appVersion = "" }) => appVersion),
          ),
        )
        .toSorted((a, b) => b.requests - a.requests);
      return ok({
        from: new Date(fromMs).toISOString(),
        count: ready.length,
        items: ready.slice(0, mostOf(query, few)),
      });
    },
  });

/** Only of controls that have something to decide here: that they refuse nobody says something. */
function readyAt(
  operation: GuardedOperation,
  switches: readonly SwitchRecord[],
  seen: readonly SeriesItem[],
  refusedVersions: (key: string) => readonly string[],
) {
  if (seen.length === 0) return [];
  const held = heldModes(operation, switches);
  return ladderKeys.flatMap(({ estimated, key }) => {
    const mode = held[key] ?? "off";
    if ((operation.rules[key] ?? "-") === "-" || modeWord(mode) !== "observe") return [];
    const step = harmlessStep(seen, new Set(refusedVersions(key)));
    if (step === undefined) return [];
    return {
      operation: operation.name,
      place: operation.place,
      control: key,
      modeWords: modeWords(mode),
      words: step.app === undefined ? "enforce for all" : `enforce for builds ${step.app}`,
      app: step.app,
      requests: step.judged.reduce((sum, { requests }) => sum + requests, 0),
      seenSince: step.judged.reduce((first, { at }) => (at < first ? at : first), "9999"),
      isExact: estimated === undefined,
    };
  });
}

/** For all where nobody was refused, else for the newest builds of which nobody was. */
function harmlessStep(
  seen: readonly SeriesItem[],
  refused: ReadonlySet<string>,
): { readonly app: string | undefined; readonly judged: readonly SeriesItem[] } | undefined {
  if (refused.size === 0) return { app: undefined, judged: seen };
  const versions = seen.map(({ appVersion = "" }) => appVersion);
  const lowest = lowestHarmless(versions, [...refused].filter(isVersion));
  if (lowest === undefined) return undefined;
  const fits = readRange(`>=${lowest}`);
  const judged = seen.filter(({ appVersion = "" }) => fits?.(readVersion(appVersion) ?? []));
  return { app: `>=${lowest}`, judged: judged.filter(hasVersion) };
}

const isVersion = (version: string): boolean => readVersion(version) !== undefined;
const hasVersion = ({ appVersion = "" }: SeriesItem): boolean => isVersion(appVersion);
