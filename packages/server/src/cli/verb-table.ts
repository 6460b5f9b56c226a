import type { Verb } from "./verb.ts";

export interface ListedVerb {
  readonly aliases: readonly string[];
  readonly summary: string;
  readonly load: () => Promise<Verb>;
}

/**
 * Every verb, in the order of the overview. A verb without a module in verbs/, or whose module lacks
 * something, does not compile.
 */
export const verbTable: Readonly<Record<string, ListedVerb>> = {
  up: { aliases: [], summary: "serve", load: () => import("./verbs/up.ts") },
  init: {
    aliases: [],
    summary: "write a commented policy, with rules proposed from the document",
    load: () => import("./verbs/init.ts"),
  },
  check: {
    aliases: ["lint", "validate"],
    summary: "name every fault of policy and documents, and show which control stands where",
    load: () => import("./verbs/check.ts"),
  },
  explain: {
    aliases: [],
    summary: "say what would happen to a request, step by step, without sending it",
    load: () => import("./verbs/explain.ts"),
  },
  learn: {
    aliases: [],
    summary: "propose owner rules by asking the backend as two test people",
    load: () => import("./verbs/learn.ts"),
  },
  why: {
    aliases: [],
    summary: "say in words what became of a request, by the trace id of its answer",
    load: () => import("./verbs/why.ts"),
  },
  incidents: {
    aliases: ["incident"],
    summary: "what detectors have found, and what you say that it was",
    load: () => import("./verbs/incidents.ts"),
  },
  release: {
    aliases: ["releases"],
    summary: "tell the gate that a version of an app was released, and what it knows of releases",
    load: () => import("./verbs/release.ts"),
  },
  posture: {
    aliases: [],
    summary: "where every control stands, whose it is, when it last acted, and what to do next",
    load: () => import("./verbs/posture.ts"),
  },
  threats: {
    aliases: [],
    summary: "what is looked for, whether it is, and what it cannot see",
    load: () => import("./verbs/threats.ts"),
  },
  records: {
    aliases: ["record"],
    summary: "what became of requests, and how many there were of what",
    load: () => import("./verbs/records.ts"),
  },
  forecast: {
    aliases: [],
    summary: "who would be refused if a control were enforced: build by build, step by step",
    load: () => import("./verbs/forecast.ts"),
  },
  canary: {
    aliases: [],
    summary: "look whether anything that callers send stands in records, metrics or files",
    load: () => import("./verbs/canary.ts"),
  },
  test: {
    aliases: [],
    summary: "run tests of the policy through the gate's own steps, without a backend",
    load: () => import("./verbs/test.ts"),
  },
  limits: {
    aliases: ["limit"],
    summary: "who spends most of what limits allow, and giving it back",
    load: () => import("./verbs/limits.ts"),
  },
  users: {
    aliases: ["user"],
    summary: "the people who can sign in",
    load: () => import("./verbs/users.ts"),
  },
  sessions: {
    aliases: ["session"],
    summary: "sessions of any source of callers",
    load: () => import("./verbs/sessions.ts"),
  },
  clients: {
    aliases: ["client"],
    summary: "apps and programs beside those of the policy",
    load: () => import("./verbs/clients.ts"),
  },
  grant: {
    aliases: ["grants"],
    summary: "what people have let others use, until when and why",
    load: () => import("./verbs/grant.ts"),
  },
  impersonations: {
    aliases: ["impersonation"],
    summary: "who acts in whose name, and how to end it",
    load: () => import("./verbs/impersonations.ts"),
  },
  switch: {
    aliases: ["switches"],
    summary: "set modes and close operations while the gate runs, and take it back",
    load: () => import("./verbs/switch.ts"),
  },
  keys: {
    aliases: [],
    summary: "what signs tokens and seals the store",
    load: () => import("./verbs/keys.ts"),
  },
  store: {
    aliases: [],
    summary: "what happened to the durable store",
    load: () => import("./verbs/store.ts"),
  },
  audit: {
    aliases: [],
    summary: "who did what, and whether that is all of it",
    load: () => import("./verbs/audit.ts"),
  },
  admin: {
    aliases: [],
    summary: "who may use the admin API",
    load: () => import("./verbs/admin.ts"),
  },
  console: {
    aliases: [],
    summary: "who may sign in to the console",
    load: () => import("./verbs/console.ts"),
  },
  schema: {
    aliases: [],
    summary: "print the policy file's JSON Schema, for editors",
    load: () => import("./verbs/schema.ts"),
  },
  completion: {
    aliases: [],
    summary: "print a script that lets a shell complete these words",
    load: () => import("./verbs/completion.ts"),
  },
  version: {
    aliases: [],
    summary: "print the version",
    load: () => import("./verbs/version.ts"),
  },
};

/** A verb with all that its module says, for what speaks of every verb. */
export interface LoadedVerb extends ListedVerb {
  readonly name: string;
  readonly verb: Verb;
}

export const loadVerbs = (): Promise<LoadedVerb[]> =>
  Promise.all(
    Object.entries(verbTable).map(async ([name, listed]) => ({
      ...listed,
      name,
      verb: await listed.load(),
    })),
  );
