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
  /** How many words it takes besides its flags. */
  readonly words: number;
}

const json: Flag = { type: "boolean", help: "print one JSON value instead of words" };

const config: Flag = { type: "string", help: "the policy (portcullis.yaml or portcullis.config.ts, when it lies here)" };
const openapi: Flag = { type: "string", multiple: true, help: "an OpenAPI document, in place of a policy (several times for several)" };
const directory: Flag = { type: "string", help: "where keys and tokens are kept (.portcullis)" };
const upstream: Flag = { type: "string", multiple: true, help: "the backend's address, such as http://127.0.0.1:4000 (several: balanced)" };

/** Every verb with its flags: what is not here is refused, with the nearest name that is. */
export const verbs: readonly Verb[] = [
  {
    name: "up",
    aliases: [],
    summary: "serve",
    flags: {
      config,
      openapi,
      upstream,
      mode: { type: "string", help: "off, observe (default) or enforce" },
      port: { type: "string", help: "the gate's port (8443)" },
      "admin-port": { type: "string", help: "the admin port on 127.0.0.1 (9443)" },
      tls: { type: "string", help: "local (default: a certificate of this machine's own) or off" },
      threads: { type: "string", help: "gate threads (one per core)" },
      directory,
    },
    example: "portcullis up --openapi openapi.yaml --upstream http://127.0.0.1:4000",
    words: 0,
  },
  {
    name: "init",
    aliases: [],
    summary: "write a commented policy, with rules proposed from the document and the reason of each",
    flags: { openapi, upstream, out: { type: "string", help: "the file to write (portcullis.yaml)" }, json },
    example: "portcullis init --openapi openapi.yaml --upstream http://127.0.0.1:4000",
    words: 0,
  },
  {
    name: "check",
    aliases: ["lint", "validate"],
    summary: "read policy and documents; name every fault, and show which control stands where",
    flags: {
      config,
      openapi,
      suggest: { type: "boolean", help: "propose owner rules from what a running gate has seen" },
      admin: { type: "string", help: "with --suggest: the gate's admin address (http://127.0.0.1:9443)" },
      directory: { type: "string", help: "with --suggest: where the gate keeps its admin credential (.portcullis)" },
      matrix: { type: "boolean", help: "print which role may enter which operation" },
      snapshot: { type: "string", help: "with --matrix: the file that keeps it, to name what has widened since" },
      accept: { type: "boolean", help: "with --snapshot: keep the matrix as it is now" },
      json,
    },
    example: "portcullis check --config portcullis.yaml",
    words: 0,
  },
  {
    name: "explain",
    aliases: [],
    summary: "say what would happen to a request, step by step, without sending it",
    flags: {
      config,
      openapi,
      token: { type: "string", help: "an access token: its claims are believed here, its signature is not checked" },
      header: { type: "string", multiple: true, help: "a header field, such as 'Portcullis-App: harbour-ios/3.4.1'" },
      body: { type: "string", help: "the body" },
      json,
    },
    example: "portcullis explain 'GET /v1/accounts/42'",
    words: 1,
  },
  {
    name: "users",
    aliases: ["user"],
    summary: "the people who can sign in: list, add EMAIL, show ID, roles ID, disable ID, enable ID, remove ID, sessions ID, sign-out ID",
    flags: {
      config,
      directory,
      id: { type: "string", help: "with add: the id its tokens will carry (sub), when it must be an old one" },
      role: { type: "string", multiple: true, help: "with add and roles: a role (several times for several)" },
      tier: { type: "string", help: "with add and roles: the tier" },
      "password-stdin": { type: "boolean", help: "with add: read the password from the standard input" },
      verified: { type: "boolean", help: "with add: the address needs no confirmation" },
      session: { type: "string", help: "with sign-out: this session only" },
      everybody: { type: "boolean", help: "with sign-out: every token that was issued until now" },
      json,
    },
    example: "portcullis users add ann@example.com --role customer",
    words: 2,
  },
  {
    name: "clients",
    aliases: ["client"],
    summary: "apps and programs beside those of the policy: list, add ID, disable ID, enable ID, remove ID",
    flags: {
      config,
      directory,
      kind: { type: "string", help: "with add: native, web or service" },
      redirect: { type: "string", multiple: true, help: "with add: where sign-in returns to" },
      scope: { type: "string", multiple: true, help: "with add: what it may ask for" },
      secret: { type: "boolean", help: "with add: make a secret, for programs that can keep one" },
      "third-party": { type: "boolean", help: "with add: people are asked whether it may" },
      json,
    },
    example: "portcullis clients add reports --kind service --secret --scope accounts:read",
    words: 2,
  },
  {
    name: "keys",
    aliases: [],
    summary: "what signs tokens and seals the store: list, rotate, retire KID, reseal",
    flags: { config, directory, now: { type: "boolean", help: "with rotate and retire: at once, for a key that others may have" }, json },
    example: "portcullis keys rotate",
    words: 2,
  },
  {
    name: "schema",
    aliases: [],
    summary: "print the policy file's JSON Schema, for editors",
    flags: {},
    example: "portcullis schema > portcullis.schema.json",
    words: 0,
  },
];

export interface Command {
  readonly verb: Verb;
  readonly values: Readonly<Record<string, string | boolean | readonly (string | boolean)[] | undefined>>;
  readonly words: readonly string[];
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
    const { positionals, values } = parseArgs({ args: rest, options, allowPositionals: verb.words > 0, strict: true });
    if (positionals.length > verb.words) throw new Error(`'${positionals[verb.words]}' is one word too many.`);
    return { verb, values, words: positionals };
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
