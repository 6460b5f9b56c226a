import { askAdmin } from "../ask-admin.ts";
import { directoryFlag, jsonFlag } from "../policy-flags.ts";
import { text } from "../sources.ts";
import { tableLines, type Terminal } from "../terminal.ts";
import type { Command, Environment, Flags } from "../verb.ts";

export const flags = {
  control: { type: "string", help: "one control, by its mode key (docs/journey.md)" },
  since: { type: "string", help: "from the records of the last 30m, 24h or 7d (7d)" },
  admin: { type: "string", help: "the gate's admin address (http://127.0.0.1:9443)" },
  directory: directoryFlag,
  json: jsonFlag,
} satisfies Flags;

export const example = `portcullis forecast getAccount --control ownership --since 7d
       portcullis forecast        which controls are ready to be enforced`;
export const takes = "OPERATION, or nothing for what is ready to be enforced";
export const mostWords = 1;

interface Reach {
  readonly requests: number;
  readonly people: number;
  readonly boundRequests: number;
  readonly boundPeople: number;
  readonly mended: number;
  readonly already: number;
}
interface Controlled {
  readonly control: string;
  readonly modeWords: string;
  readonly estimatedBecause?: string;
  readonly builds: readonly (Reach & {
    readonly app?: string;
    readonly version?: string;
    readonly seen: number;
  })[];
  readonly steps: readonly (Reach & {
    readonly words: string;
    readonly state: string;
    readonly app?: string;
    readonly percent?: number;
    readonly isHeld: boolean;
    readonly isExact: boolean;
  })[];
  readonly next: number;
  readonly switches: readonly { readonly id: string }[];
}
interface Forecast {
  readonly operation: string;
  readonly from: string;
  readonly requests: number;
  readonly controls: readonly Controlled[];
  readonly missing?: readonly string[];
}
interface Ready {
  readonly items: readonly {
    readonly operation: string;
    readonly control: string;
    readonly words: string;
    readonly requests: number;
    readonly seenSince: string;
    readonly isExact: boolean;
  }[];
  readonly from: string;
  readonly count: number;
}

/**
 * Asks the running gate who would have been refused. Exit code 1: the next step of some control
 * would refuse somebody, or nothing is ready.
 */
export async function run(
  { values, words }: Command,
  _environment: Environment,
  terminal: Terminal,
): Promise<number> {
  const [operation] = words;
  const ask = <T>(path: string): Promise<T> =>
    askAdmin<T>(
      text(values["admin"]) ?? "http://127.0.0.1:9443",
      text(values["directory"]) ?? ".portcullis",
      path,
    );
  const query = new URLSearchParams();
  for (const name of ["control", "since"] as const) {
    const value = text(values[name]);
    if (value !== undefined) query.set(name, value);
  }
  const say = (value: unknown, lines: string): void =>
    terminal.out(values["json"] === true ? JSON.stringify(value) : lines);
  if (operation === undefined) {
    const ready = await ask<Ready>(`/ready?${query.toString()}`);
    say(ready, readyLines(ready));
    return ready.items.length === 0 ? 1 : 0;
  }
  query.set("operation", operation);
  const forecast = await ask<Forecast>(`/forecast?${query.toString()}`);
  say(forecast, forecastLines(forecast));
  for (const one of forecast.missing ?? []) terminal.error(`missing: ${one}`);
  return forecast.controls.some(({ next, steps }) => (steps[next]?.requests ?? 0) > 0) ? 1 : 0;
}

const readyLines = ({ count, from, items }: Ready): string =>
  items.length === 0
    ? `Of what is observed since ${from}, every next step would refuse somebody, or nothing was asked.`
    : tableLines([
        ["OPERATION", "CONTROL", "NEXT STEP", "REQUESTS", "SINCE"],
        ...items.map((one) => [
          one.operation,
          `${one.control}${one.isExact ? "" : " (estimate)"}`,
          one.words,
          `${one.requests}`,
          one.seenSince,
        ]),
      ]) + (count > items.length ? `\n${count - items.length} more` : "");

function forecastLines({ controls, from, operation, requests }: Forecast): string {
  const head = `${operation}: ${requests} requests since ${from}`;
  if (controls.length === 0) return `${head}\nNo control has anything to decide here.`;
  return [head, ...controls.map((one) => controlLines(operation, one))].join("\n\n");
}

function controlLines(operation: string, one: Controlled): string {
  const { builds, control, estimatedBecause, modeWords, next, steps, switches } = one;
  const shown = builds.toSorted((a, b) => b.requests - a.requests || b.seen - a.seen).slice(0, 20);
  const step = steps[next];
  return [
    `${control}: ${modeWords}`,
    ...(estimatedBecause === undefined ? [] : [`An estimate. ${estimatedBecause}`]),
    tableLines([
      [
        "BUILD",
        "REQUESTS",
        "WOULD BE REFUSED",
        "PEOPLE",
        "WITH A BOUND KEY",
        "MENDED",
        "REFUSED NOW",
      ],
      ...shown.map((build) => [
        [build.app, build.version].filter((part) => part !== undefined).join(" ") || "(not named)",
        `${build.seen}`,
        ...reachCells(build),
      ]),
    ]),
    tableLines([
      ["STEP", "", "WOULD BE REFUSED", "PEOPLE", "WITH A BOUND KEY", "MENDED", "REFUSED NOW"],
      ...steps.map((each, index) => [
        each.words,
        each.isHeld ? "done" : index === next ? "next" : "",
        ...reachCells(each).map((cell, at) => (at === 0 && !each.isExact ? `~${cell}` : cell)),
      ]),
    ]),
    ...(step === undefined ? [] : [`Next: ${switchCommand(operation, control, step)}`]),
    ...switches.slice(-1).map(({ id }) => `Undo: portcullis switch undo ${id}`),
  ].join("\n");
}

const reachCells = (reach: Reach): string[] => [
  `${reach.requests}`,
  peopleCell(reach.people, reach.requests),
  peopleCell(reach.boundPeople, reach.boundRequests),
  `${reach.mended}`,
  `${reach.already}`,
];

/** Requests come from somebody: where records name nobody, people are not counted, and not none. */
const peopleCell = (people: number, requests: number): string =>
  people === 0 && requests > 0 ? "not counted" : `${people}`;

const switchCommand = (
  operation: string,
  control: string,
  { app, percent, state }: Controlled["steps"][number],
): string =>
  [
    `portcullis switch ${operation} ${state} --control ${control}`,
    ...(app === undefined ? [] : [`--app '${app}'`]),
    ...(percent === undefined ? [] : [`--percent ${percent}`]),
    "--why TEXT",
  ].join(" ");
