import { problemCatalogue } from "@portcullis/guard/problems";
import type { ModeKey } from "@portcullis/guard/policy";
import type { GuardedOperation } from "../../policy/guarded-operations.ts";
import type { SwitchRecord } from "../../store/tables/switches.ts";
import type { ControlForecast, Reach, StepForecast } from "../../watch/forecast/forecast.ts";
import { holdToParameters } from "../records/record-query.ts";
import { orUnanswered } from "../records/unanswered.ts";
import { ok, type QueryParameter, Refused, route, type Route } from "../route.ts";
import { shownSwitch } from "../switches/switches.ts";
import { forecastAnswer } from "./forecast-answer.ts";
import type { Guarding } from "./guarding.ts";
import { heldModes, ladderKeys, modeWord, modeWords, switchesAbout } from "./held-modes.ts";
import { sinceOf, sinceParameter } from "./since.ts";

const text = { type: "string" };
const parameters: readonly QueryParameter[] = [
  { name: "operation", description: "Its name, or METHOD /path.", schema: text },
  {
    name: "control",
    description: "One control, by its mode key; without it every one that decided something.",
    schema: { ...text, enum: ladderKeys.map(({ key }) => key) },
  },
  sinceParameter("7d"),
];

/** How many there were of each build, refused or not. */
type BuildRequests = ReadonlyMap<string, number>;

/** Who would have been refused, had a control been enforced: build by build, step by step. */
export const forecastRoute = (guarding: Guarding): Route =>
  route({
    method: "GET",
    path: "/forecast",
    operationId: "forecastEnforcing",
    summary: "Who would have been refused at an operation, had its controls been enforced",
    needs: "viewer",
    query: parameters,
    answer: {
      status: 200,
      description: "By control, each with its builds and the steps of its ladder.",
      schema: forecastAnswer,
    },
    handle: async ({ query }) => {
      holdToParameters(query, parameters);
      const operation = named(query.get("operation"), guarding.guarded());
      const { forecast, keptMs, series } = guarding;
      if (forecast === undefined || series === undefined)
        throw new Refused(
          409,
          "No records are kept",
          "What would be refused is told from records: record: { keep: { raw: 7d } }",
        );
      const nowMs = Date.now();
      const fromMs = Math.max(sinceOf(query, "7d", nowMs), nowMs - keptMs());
      const switches = await guarding.holding();
      const held = heldModes(operation, switches);
      const asked = query.get("control");
      const keys = ladderKeys.filter(({ key }) => asked === null || key === asked);
      const [found, counted] = await orUnanswered(async () => [
        await forecast({
          operation: operation.name,
          fromMs,
          toMs: nowMs + 1,
          controls: keys.map(({ key }) => ({ key, codes: codesOf(key), held: held[key] ?? "off" })),
        }),
        await series({
          fromMs,
          toMs: nowMs + 1,
          step: "all",
          by: ["app", "appVersion"],
          filter: { operation: operation.name },
          durations: false,
        }),
      ]);
      const requests = new Map(
        counted.items.map(({ app = "", appVersion = "", requests: count }) => [
          `${app}\n${appVersion}`,
          count,
        ]),
      );
      const controls = found.controls
        .filter((one) => asked !== null || one.builds.length > 0 || isGuarded(operation, one.key))
        .map((one) => shownControl(one, { keys, operation, requests, switches, held }));
      const missing = [...new Set([...found.missing, ...counted.missing])];
      return ok({
        operation: operation.name,
        place: operation.place,
        from: new Date(fromMs).toISOString(),
        to: new Date(nowMs).toISOString(),
        requests: [...requests.values()].reduce((sum, count) => sum + count, 0),
        controls,
        ...(missing.length === 0 ? {} : { missing }),
      });
    },
  });

/** @throws Refused */
function named(wanted: string | null, guarded: readonly GuardedOperation[]): GuardedOperation {
  const found = guarded.find(({ name, place }) => name === wanted || place === wanted);
  if (found !== undefined) return found;
  throw wanted === null
    ? new Refused(400, "'operation' is missing", "Say of which operation: its name.")
    : new Refused(404, "There is no such operation", "GET /operations lists them.");
}

const isGuarded = ({ rules }: GuardedOperation, key: string): boolean =>
  (rules[key] ?? "-") !== "-";

const codesOf = (key: string): readonly string[] =>
  [...problemCatalogue.values()].filter(({ mode }) => mode === key).map(({ code }) => code);

interface Shown {
  readonly keys: readonly ModeKey[];
  readonly operation: GuardedOperation;
  readonly requests: BuildRequests;
  readonly switches: readonly SwitchRecord[];
  readonly held: ReturnType<typeof heldModes>;
}

function shownControl(
  { builds, key, steps, unnamed }: ControlForecast,
  { held, keys, operation, requests, switches }: Shown,
): object {
  const mode = held[key] ?? "off";
  const { estimated, sentence } = keys.find((one) => one.key === key) as ModeKey;
  const names = new Set([
    ...requests.keys(),
    ...builds.map(({ app, version }) => `${app}\n${version}`),
  ]);
  const climbing = [
    ...(modeWord(mode) === "off" ? [observing] : []),
    ...steps.map((step) => shownStep(step, estimated !== undefined)),
  ];
  return {
    control: key,
    sentence,
    rule: operation.rules[key],
    mode: modeWord(mode),
    modeWords: modeWords(mode),
    isExact: estimated === undefined,
    estimatedBecause: estimated,
    builds: [...names].map((name) => {
      const [app = "", version = ""] = name.split("\n");
      const found = builds.find((one) => one.app === app && one.version === version);
      return {
        ...nameOf(app, version),
        seen: Math.max(requests.get(name) ?? 0, found?.requests ?? 0),
        ...(found === undefined ? nobody : reachOf(found)),
      };
    }),
    steps: climbing,
    next: climbing.findIndex(({ isHeld }) => !isHeld),
    unnamed,
    codes: codesOf(key),
    switches: switchesAbout(switches, operation.name, key).map(shownSwitch),
  };
}

/** What is undefined leaves no key in JSON. */
const nameOf = (app: string, version: string) => ({
  app: app === "" ? undefined : app,
  version: version === "" ? undefined : version,
});

const nobody = {
  requests: 0,
  people: 0,
  boundRequests: 0,
  boundPeople: 0,
  mended: 0,
  already: 0,
} as const;

const reachOf = ({ already, boundPeople, boundRequests, mended, people, requests }: Reach) => ({
  requests,
  people,
  boundRequests,
  boundPeople,
  mended,
  already,
});

/** Of what is off nothing is known: it is observed first. */
const observing = {
  words: "observe",
  state: "observe",
  isHeld: false,
  isExact: true,
  builds: [],
  ...nobody,
};

const shownStep = (step: StepForecast, isEstimated: boolean) => ({
  words:
    step.app !== undefined
      ? `enforce for builds ${step.app}`
      : step.percent === undefined
        ? "enforce for all"
        : `enforce for ${step.percent} % of callers`,
  state: "enforce",
  app: step.app,
  percent: step.percent,
  isHeld: step.isHeld,
  isExact: step.isCounted && !isEstimated,
  builds: step.builds.map(({ app, version, ...rest }) => ({
    ...nameOf(app, version),
    ...reachOf(rest),
  })),
  ...reachOf(step),
});
