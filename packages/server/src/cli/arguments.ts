import { parseArgs } from "node:util";
import { nearest } from "@portcullis/guard/policy/nearest-name";
import { Misuse } from "./terminal.ts";

type Flag = { readonly type: "string" | "boolean"; readonly multiple?: boolean; readonly help: string };

export interface Verb {
  readonly name: string;
  readonly aliases: readonly string[];
  readonly summary: string;
  readonly flags: Readonly<Record<string, Flag>>;
  readonly example: string;
}

const json: Flag = { type: "boolean", help: "print one JSON value instead of words" };

/** Every verb with its flags: what is not here is refused, with the nearest name that is. */
export const verbs: readonly Verb[] = [
  {
    name: "up",
    aliases: [],
    summary: "serve",
    flags: {
      openapi: { type: "string", multiple: true, help: "the API's OpenAPI document (several times for several)" },
      upstream: { type: "string", multiple: true, help: "the backend's address, such as http://127.0.0.1:4000 (several: balanced)" },
      mode: { type: "string", help: "observe (default) or enforce" },
      port: { type: "string", help: "the gate's port (8443)" },
      "admin-port": { type: "string", help: "the admin port on 127.0.0.1 (9443)" },
      tls: { type: "string", help: "local (default: a certificate of this machine's own) or off" },
      threads: { type: "string", help: "gate threads (one per core)" },
      directory: { type: "string", help: "where keys and tokens are kept (.portcullis)" },
    },
    example: "portcullis up --openapi openapi.yaml --upstream http://127.0.0.1:4000",
  },
  {
    name: "check",
    aliases: ["lint", "validate"],
    summary: "read the document; name every fault, and every operation that nobody has a rule for",
    flags: { openapi: { type: "string", multiple: true, help: "the API's OpenAPI document" }, json },
    example: "portcullis check --openapi openapi.yaml",
  },
];

export interface Command {
  readonly verb: Verb;
  readonly values: Readonly<Record<string, string | boolean | readonly (string | boolean)[] | undefined>>;
}

/** @throws Misuse with what to type next */
export function readArguments(argv: readonly string[]): Command | "help" {
  const [name, ...rest] = argv;
  if (name === undefined || name === "help" || name === "--help" || name === "-h") return "help";
  const verb = verbs.find((candidate) => candidate.name === name || candidate.aliases.includes(name));
  if (verb === undefined) {
    const names = verbs.flatMap((candidate) => [candidate.name, ...candidate.aliases]);
    const meant = nearest(name, names);
    throw new Misuse(`there is no verb '${name}'${meant === undefined ? "" : `; did you mean '${meant}'?`}\nType 'portcullis help' for all of them.`);
  }
  if (rest.includes("--help") || rest.includes("-h")) throw new Misuse(helpOf(verb));
  for (const argument of rest) {
    const flag = /^--([^=]+)/.exec(argument)?.[1];
    if (flag !== undefined && !Object.hasOwn(verb.flags, flag)) {
      const meant = nearest(flag, Object.keys(verb.flags));
      throw new Misuse(`'portcullis ${verb.name}' has no flag '--${flag}'${meant === undefined ? "" : `; did you mean '--${meant}'?`}\nType 'portcullis ${verb.name} --help' for all of them.`);
    }
  }
  try {
    const options = Object.fromEntries(Object.entries(verb.flags).map(([flag, { multiple, type }]) => [flag, { type, multiple: multiple === true }]));
    return { verb, values: parseArgs({ args: rest, options, allowPositionals: false, strict: true }).values };
  } catch (fault) {
    throw new Misuse(`${(fault as Error).message}\nFor example: ${verb.example}`);
  }
}

export function help(): string {
  return ["portcullis: the gate between a mobile app and its backend", "", ...verbs.map((verb) => `  ${verb.name.padEnd(8)} ${verb.summary}`), "", "Type 'portcullis <verb> --help' for its flags."].join("\n");
}

function helpOf(verb: Verb): string {
  return [`portcullis ${verb.name}: ${verb.summary}`, "", ...Object.entries(verb.flags).map(([flag, { help: text }]) => `  --${flag.padEnd(12)} ${text}`), "", `For example: ${verb.example}`].join("\n");
}
