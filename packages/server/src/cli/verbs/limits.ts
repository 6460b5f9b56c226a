import { isIP } from "node:net";
import { askAdmin } from "../ask-admin.ts";
import { directoryFlag, jsonFlag } from "../policy-flags.ts";
import { readDuration } from "../read-duration.ts";
import { text } from "../sources.ts";
import { Misuse, type Terminal } from "../terminal.ts";
import type { Command, Environment, Flags } from "../verb.ts";

export const actions = {
  pressure: { takes: "KEY", help: "let requests of user:NAME or address:IP cost a step more" },
  lift: { takes: "KEY", help: "let them cost as usual again" },
} as const;

export const flags = {
  operations: {
    type: "string",
    help: "which class of operations: read, write, or a role (sign-in)",
  },
  for: { type: "string", help: "with pressure: it does not ease before that (pressure.quiet)" },
  admin: { type: "string", help: "the gate's admin address (http://127.0.0.1:9443)" },
  directory: directoryFlag,
  json: jsonFlag,
} satisfies Flags;

export const example =
  "portcullis limits pressure address:203.0.113.9 --operations sign-in --for 1h";

interface Raised {
  readonly step: number;
  readonly times: number;
  readonly wasPressed: boolean;
}

/** Raises and lifts the pressure on a caller, at one running gate. Exit code 1: there was none. */
export async function run(
  { values, words }: Command,
  _environment: Environment,
  terminal: Terminal,
): Promise<number> {
  const [action, key] = words;
  if (action === undefined || key === undefined)
    throw new Misuse(`say what, and of whom.\nFor example: ${example}`);
  const { kind, value } = readKey(key);
  const operations = text(values["operations"]) ?? "sign-in";
  const lasts = text(values["for"]);
  const forSeconds = lasts === undefined ? 0 : Math.ceil(readDuration("for", lasts) / 1000);
  const path = `/pressure/${kind}/${encodeURIComponent(value)}`;
  const isLifting = action === "lift";
  const said = await askAdmin<Raised>(
    text(values["admin"]) ?? "http://127.0.0.1:9443",
    text(values["directory"]) ?? ".portcullis",
    isLifting ? `${path}/lift` : path,
    { method: "POST", body: isLifting ? { operations } : { operations, forSeconds } },
  );
  const told = isLifting
    ? said.wasPressed
      ? `${operations} costs ${key} as usual again.`
      : `${operations} cost ${key} no more than usual.`
    : `${operations} costs ${key} ${said.times} times as much: step ${said.step}.`;
  terminal.out(values["json"] === true ? JSON.stringify(said) : told);
  return isLifting && !said.wasPressed ? 1 : 0;
}

function readKey(key: string): { readonly kind: "user" | "address"; readonly value: string } {
  const [, kind, value = ""] = /^(user|address):(.+)$/.exec(key) ?? [];
  if (isIP(key) !== 0 || (kind === "address" && isIP(value) !== 0))
    return { kind: "address", value: kind === undefined ? key : value };
  if (kind === "user") return { kind, value };
  throw new Misuse(`'${key}' is neither user:NAME nor address:IP.\nFor example: ${example}`);
}
