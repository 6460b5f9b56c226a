import { isIP } from "node:net";
import type { SpenderKind, TopSpenders } from "../../watch/spenders.ts";
import { spenderKinds } from "../../watch/spenders.ts";
import { askAdmin } from "../ask-admin.ts";
import { directoryFlag, jsonFlag } from "../policy-flags.ts";
import { readDuration } from "../read-duration.ts";
import { text } from "../sources.ts";
import { Misuse, sayTo, tableLines, type Terminal } from "../terminal.ts";
import type { Command, Environment, Flags } from "../verb.ts";

export const actions = {
  top: { help: "who spends most of what limits allow, in the last minute" },
  give: {
    takes: "KEY ...",
    help: "give back what limits took of user:NAME, address:IP, body.NAME:VALUE, ...",
  },
  pressure: { takes: "KEY", help: "let requests of user:NAME or address:IP cost a step more" },
  lift: { takes: "KEY", help: "let them cost as usual again" },
} as const;
export const mostWords = 8;

export const flags = {
  by: {
    type: "string",
    help: `with top: whom to tell apart, ${spenderKinds.join(", ")} (user)`,
    completes: spenderKinds,
  },
  most: { type: "string", help: "with top: how many at most (20)" },
  operations: {
    type: "string",
    help: "which class of operations: read, write, or a role (sign-in)",
  },
  for: { type: "string", help: "with pressure: it does not ease before that (pressure.quiet)" },
  admin: { type: "string", help: "the gate's admin address (http://127.0.0.1:9443)" },
  directory: directoryFlag,
  json: jsonFlag,
} satisfies Flags;

export const example = `portcullis limits top --by address
       portcullis limits give user:ann
       portcullis limits give address:203.0.113.9 body.username:ann@notes.example
       portcullis limits pressure address:203.0.113.9 --operations sign-in --for 1h`;

/** What a running gate's admin API answers. */
type Ask = <T>(path: string, change?: Parameters<typeof askAdmin>[3]) => Promise<T>;

type Does = (
  words: readonly string[],
  values: Command["values"],
  ask: Ask,
) => Promise<{ readonly said: unknown; readonly lines: string; readonly exitCode: 0 | 1 }>;

const does: Readonly<Record<keyof typeof actions, Does>> = {
  top: showTop,
  give: giveBack,
  pressure: (words, values, ask) => press(words, values, ask, false),
  lift: (words, values, ask) => press(words, values, ask, true),
};

/** What limits count at one running gate. Exit code 1: there was nothing to show, give or lift. */
export async function run(
  { values, words }: Command,
  _environment: Environment,
  terminal: Terminal,
): Promise<number> {
  const [action = "top", ...keys] = words;
  const ask: Ask = (path, change) =>
    askAdmin(
      text(values["admin"]) ?? "http://127.0.0.1:9443",
      text(values["directory"]) ?? ".portcullis",
      path,
      change,
    );
  const { exitCode, lines, said } = await does[action as keyof typeof actions](keys, values, ask);
  sayTo(terminal, values)(said, lines);
  return exitCode;
}

interface Top extends Omit<TopSpenders, "isEstimated"> {
  readonly by: SpenderKind;
  readonly estimated: boolean;
}

async function showTop(
  _words: readonly string[],
  values: Command["values"],
  ask: Ask,
): ReturnType<Does> {
  const asked = new URLSearchParams({ by: text(values["by"]) ?? "user" });
  const most = text(values["most"]);
  if (most !== undefined) asked.set("most", most);
  const said = await ask<Top>(`/limits/top?${asked.toString()}`);
  const { by, cost, estimated, items, requests } = said;
  if (items.length === 0) {
    const lines = by === "user" ? nobodySignedIn(requests) : "Nobody has asked in the last minute.";
    return { said, lines, exitCode: 1 };
  }
  const rows = items.map((one) => [
    one.who,
    String(one.requests),
    String(one.cost),
    `${Math.round((100 * one.cost) / Math.max(cost, 1))} %`,
    String(one.held),
  ]);
  const table = tableLines([["WHO", "REQUESTS", "COST", "OF ALL", "REFUSED"], ...rows]);
  const note = estimated ? "\nEstimated: so many ask that only some requests are looked at." : "";
  return { said, lines: table + note, exitCode: 0 };
}

const nobodySignedIn = (requests: number): string =>
  requests === 0
    ? "Nobody has asked in the last minute."
    : `Nobody who is signed in has asked in the last minute; others have, ${requests} times: --by address`;

interface Given {
  readonly limits: readonly {
    readonly limit: string;
    readonly per: readonly string[];
    readonly operations: readonly string[];
    readonly given: boolean;
    readonly needs: readonly string[];
  }[];
  readonly lost?: string;
}

async function giveBack(
  keys: readonly string[],
  _values: Command["values"],
  ask: Ask,
): ReturnType<Does> {
  if (keys.length === 0) throw new Misuse(`say of whom.\nFor example: ${example}`);
  const said = await ask<Given>("/limits/give", { method: "POST", body: { keys } });
  const { limits, lost } = said;
  const lines = limits.map(({ given, limit, needs, operations, per }) => {
    const what = `limit ${limit} by ${per.join("+")} of ${inWords(operations)}`;
    if (given) return `Given back: ${what}.`;
    return needs.length > 0
      ? `Not given back: ${what}. Name ${needs.map((one) => `${one}:...`).join(" and ")} too.`
      : `Given back at this node alone: ${what}.`;
  });
  if (lost !== undefined) lines.push(`What the nodes share was not told: ${lost}`);
  if (limits.length === 0) lines.push(`No limit counts by ${keys.join(" and ")}.`);
  const exitCode = limits.some(({ given }) => given) && lost === undefined ? 0 : 1;
  return { said, lines: lines.join("\n"), exitCode };
}

const named = 3;
const inWords = (operations: readonly string[]): string =>
  operations.length <= named
    ? operations.join(", ")
    : `${operations.slice(0, named).join(", ")} and ${operations.length - named} more`;

interface Raised {
  readonly step: number;
  readonly times: number;
  readonly wasPressed: boolean;
}

async function press(
  [key]: readonly string[],
  values: Command["values"],
  ask: Ask,
  isLifting: boolean,
): ReturnType<Does> {
  if (key === undefined) throw new Misuse(`say of whom.\nFor example: ${example}`);
  const { kind, value } = readKey(key);
  const operations = text(values["operations"]) ?? "sign-in";
  const lasts = text(values["for"]);
  const forSeconds = lasts === undefined ? 0 : Math.ceil(readDuration("for", lasts) / 1000);
  const path = `/pressure/${kind}/${encodeURIComponent(value)}`;
  const said = await ask<Raised>(isLifting ? `${path}/lift` : path, {
    method: "POST",
    body: isLifting ? { operations } : { operations, forSeconds },
  });
  const lines = isLifting
    ? said.wasPressed
      ? `${operations} costs ${key} as usual again.`
      : `${operations} cost ${key} no more than usual.`
    : `${operations} costs ${key} ${said.times} times as much: step ${said.step}.`;
  return { said, lines, exitCode: isLifting && !said.wasPressed ? 1 : 0 };
}

function readKey(key: string): { readonly kind: "user" | "address"; readonly value: string } {
  const [, kind, value = ""] = /^(user|address):(.+)$/.exec(key) ?? [];
  if (isIP(key) !== 0 || (kind === "address" && isIP(value) !== 0))
    return { kind: "address", value: kind === undefined ? key : value };
  if (kind === "user") return { kind, value };
  throw new Misuse(`'${key}' is neither user:NAME nor address:IP.\nFor example: ${example}`);
}
