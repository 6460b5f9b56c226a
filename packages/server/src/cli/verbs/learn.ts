import { existsSync, writeFileSync } from "node:fs";
import { dirname, resolve } from "node:path";
import type { ApiDocument } from "@portcullis/guard/documents";
import { loadPolicy } from "../../policy/load-policy.ts";
import { configFlag, jsonFlag, openapiFlag, profileFlag, upstreamFlag } from "../policy-flags.ts";
import { list, policySources, text } from "../sources.ts";
import { faultLines, Misuse, type Terminal } from "../terminal.ts";
import type { Action, Command, Environment, Flags } from "../verb.ts";
import { Asker } from "./learn/asker.ts";
import { candidatesOf } from "./learn/candidates.ts";
import { fragmentOf, unruledOf } from "./learn/fragment.ts";
import type { Harvest } from "./learn/harvest.ts";
import { identifiersOf, type Two, unclaimedOf } from "./learn/identifiers.ts";
import type { Learned } from "./learn/learned.ts";
import { readPerson } from "./learn/person-file.ts";
import { signIn } from "./learn/sign-in.ts";
import { type Proven, tryRules } from "./learn/try-rules.ts";
import { walk } from "./learn/walk.ts";

export const actions: Readonly<Record<string, Action>> = {
  owners: { help: "propose owner rules by asking the backend as two test people" },
};

export const flags = {
  as: {
    type: "string",
    multiple: true,
    help: "how a test person signs in: a file for each of two",
    completes: "file",
  },
  config: configFlag,
  profile: profileFlag,
  openapi: openapiFlag,
  upstream: upstreamFlag,
  source: { type: "string", help: "the source of callers that rules name (token: any)" },
  requests: { type: "string", help: "how often the backend is asked at most (400)" },
  pause: { type: "string", help: "milliseconds between two requests (20)" },
  out: { type: "string", help: "the file to write (learned.yaml)", completes: "file" },
  json: jsonFlag,
} satisfies Flags;

export const example =
  "portcullis learn owners --as ann.yaml --as ben.yaml --openapi openapi.yaml --upstream http://127.0.0.1:4000";

/**
 * Asks the backend as two people, by GET alone, and writes rules that keep their things apart. Exit
 * code 1 where an operation with an object is left without one.
 */
export async function run(
  { values, words }: Command,
  environment: Environment,
  terminal: Terminal,
): Promise<number> {
  if (words[0] !== "owners")
    throw new Misuse(`say what is to be learned.\nFor example: ${example}`);
  const files = list(values["as"]);
  const [first, second] = files;
  if (first === undefined || second === undefined || files.length > 2)
    throw new Misuse(`name two people, each by a file.\nFor example: ${example}`);
  const out = text(values["out"]) ?? "learned.yaml";
  if (existsSync(out))
    throw new Misuse(
      `${out} is already there, and is not written over. Choose another with --out.`,
    );
  const { document, upstream } = await backendOf(values, environment);
  const asker = new Asker({
    upstream,
    most: numberOf(values["requests"], "--requests", 400),
    pauseMs: numberOf(values["pause"], "--pause", 20),
    onAsked: (count) => {
      if (count % 25 === 0) terminal.error(`${count} requests so far`);
    },
  });
  const ask = async (file: string): Promise<Harvest> => {
    const { operations } = document;
    const at = { asker, operations, folder: dirname(resolve(file)), environment };
    return walk(operations, await signIn(readPerson(file), file, at), asker);
  };
  const people: Two<Harvest> = [await ask(first), await ask(second)];
  const learned: Learned = {
    people,
    document,
    operations: document.operations,
    identifiers: identifiersOf(people, text(values["source"]) ?? "token"),
  };
  if (learned.identifiers.length === 0)
    throw new Misuse(
      `nothing tells ${first} and ${second} apart: name two different people, and say who they are (whoami or claims)`,
    );
  const proven = await tryRules(candidatesOf(learned), learned);
  const notes = notesOf(learned);
  writeFileSync(out, fragmentOf(proven, learned, notes), { flag: "wx" });
  const left = unruledOf(document.operations, proven);
  say({ asJson: values["json"] === true, out, proven, left, notes, learned }, terminal);
  return left.length > 0 ? 1 : 0;
}

async function backendOf(
  values: Command["values"],
  environment: Environment,
): Promise<{ readonly document: ApiDocument; readonly upstream: string }> {
  const { documents, faults, plan } = await loadPolicy(policySources(values, environment, true));
  const [document, another] = documents;
  const upstream = plan?.apis[0]?.upstream.targets[0];
  if (document === undefined || upstream === undefined)
    throw new Misuse(`${faultLines(faults)}\nNothing is learned of what is not understood.`);
  if (another !== undefined)
    throw new Misuse(
      "the policy names several documents: learn of one, with --openapi and --upstream",
    );
  return { document, upstream };
}

function numberOf(value: unknown, flag: string, otherwise: number): number {
  if (value === undefined) return otherwise;
  if (typeof value === "string" && /^\d{1,6}$/.test(value)) return Number(value);
  throw new Misuse(`${flag} takes a number, such as ${otherwise}`);
}

function notesOf(learned: Learned): readonly string[] {
  return unclaimedOf(learned.people, learned.identifiers).map(
    ({ where }) =>
      `the two people differ in ${where}, which no claim of their tokens says; where objects name ` +
      "people so, let the source say it (whoami or claims under identity.sources)",
  );
}

interface Learnt {
  readonly asJson: boolean;
  readonly out: string;
  readonly proven: readonly Proven[];
  readonly left: readonly string[];
  readonly notes: readonly string[];
  readonly learned: Learned;
}

function say({ asJson, learned, left, notes, out, proven }: Learnt, terminal: Terminal): void {
  const notAsked = [...new Set(learned.people.flatMap((one) => one.left))];
  if (asJson) {
    const rules = proven.map(({ operation, owner, passed, reason, refused }) => ({
      operation: operation.operationId ?? operation.key,
      owner,
      reason,
      passed,
      refused,
    }));
    terminal.out(JSON.stringify({ file: out, rules, left, notAsked, notes }));
    return;
  }
  terminal.out(
    [
      `Wrote ${out} with ${proven.length} owner rules, each tried on what the two people were answered.`,
      ...(left.length === 0 ? [] : [`Without a rule: ${left.join(", ")}`]),
      ...(notAsked.length === 0
        ? []
        : [`Not asked, because no id was found or it ends something: ${notAsked.join(", ")}`]),
      ...notes.map((note) => `Note: ${note}.`),
    ].join("\n"),
  );
}
