import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { ApiDocument, Operation } from "@portcullis/guard/documents";
import { loadPolicy } from "../../../policy/load-policy.ts";
import type { BackendAnswer, PolicyTest } from "../test-policy/test-file.ts";
import { TestingGate } from "../test-policy/testing-gate.ts";
import { type Harvest, isAnswered, nameOf, textOfId } from "./harvest.ts";
import type { Candidate, Learned, Params } from "./learned.ts";
import { targetOf } from "./walk.ts";

/** A rule that held when it was tried, and with how much. */
export interface Proven extends Candidate {
  /** Requests for own objects, all of which passed. */
  readonly passed: number;
  /** The same requests by the other person, all of which were refused. */
  readonly refused: number;
}

/** No more of one person's objects are tried with one rule. */
const mostTried = 4;

/**
 * Tries each operation's candidates through the gate's own steps, before a backend that answers as
 * the real one has: a rule holds when every own object passes and none of the other's does. The
 * first that holds is taken.
 */
export async function tryRules(
  candidates: ReadonlyMap<Operation, readonly Candidate[]>,
  learned: Learned,
): Promise<readonly Proven[]> {
  const left = new Map([...candidates].map(([operation, all]) => [operation, [...all]]));
  const proven: Proven[] = [];
  for (;;) {
    const round = [...left.values()].flatMap((all) => all.shift() ?? []);
    if (round.length === 0) return proven;
    for (const one of await tryRound(round, learned)) {
      proven.push(one);
      left.delete(one.operation);
    }
  }
}

async function tryRound(round: readonly Candidate[], learned: Learned): Promise<readonly Proven[]> {
  const plan = await planOf(round, learned.document);
  if (plan !== undefined) {
    const gate = new TestingGate(plan);
    const proven: Proven[] = [];
    for (const candidate of round) proven.push(...(await prove(candidate, gate, learned)));
    gate.close();
    return proven;
  }
  const [only, another] = round;
  if (only === undefined || another === undefined) return [];
  // One that is not understood spoils the others: they are tried in two halves.
  const middle = Math.ceil(round.length / 2);
  return [
    ...(await tryRound(round.slice(0, middle), learned)),
    ...(await tryRound(round.slice(middle), learned)),
  ];
}

/** As it would stand in a policy that somebody wrote; undefined where it would be refused there. */
async function planOf(round: readonly Candidate[], document: ApiDocument) {
  const folder = mkdtempSync(join(tmpdir(), "portcullis-learn-"));
  const file = join(folder, "portcullis.yaml");
  writeFileSync(file, trialPolicy(round, document.file));
  const { faults, plan } = await loadPolicy({ file, environment: {}, flags: [] });
  rmSync(folder, { recursive: true });
  return faults.some(({ severity }) => severity === "error") ? undefined : plan;
}

const trialPolicy = (round: readonly Candidate[], document: string): string =>
  [
    "portcullis: 1",
    "mode: { default: observe, ownership: enforce, response: off, disclosure: off }",
    "limits: { admission: off }",
    `apis: [{ openapi: ${JSON.stringify(document)}, upstream: "http://127.0.0.1:9" }]`,
    "identity: { issuer: https://learn.invalid, audience: learn }",
    ...provenanceLines(round),
    "operations:",
    ...round.flatMap(({ operation, owner }) => [
      `  - match: ${JSON.stringify(nameOf(operation))}`,
      `    allow: { clients: [learn] }`,
      `    owner: ${owner}`,
    ]),
  ].join("\n");

/** The kinds of objects that rules ask for as shown. */
export function provenanceLines(rules: readonly Candidate[]): readonly string[] {
  const kinds = new Map(
    rules.flatMap(({ shown }) => (shown === undefined ? [] : [[shown.kind, shown.property]])),
  );
  return kinds.size === 0
    ? []
    : [
        "provenance:",
        ...[...kinds].map(([kind, property]) => `  ${kind}: { properties: [${property}] }`),
      ];
}

async function prove(
  candidate: Candidate,
  gate: TestingGate,
  { people }: Learned,
): Promise<readonly Proven[]> {
  let [passed, refused] = [0, 0];
  for (const person of [0, 1] as const) {
    const own = people[person];
    const other = people[1 - person] as Harvest;
    const theirs = new Set(
      candidate.own[(1 - person) as 0 | 1].map((params) => JSON.stringify(params)),
    );
    const [passedBefore, refusedBefore] = [passed, refused];
    for (const params of candidate.own[person].slice(0, mostTried)) {
      if (!(await passes(candidate, params, own, own, gate))) return [];
      passed += 1;
      // What both may see shows nothing of who may not.
      if (Object.keys(params).length > 0 && theirs.has(JSON.stringify(params))) continue;
      if (await passes(candidate, params, own, other, gate)) return [];
      refused += 1;
    }
    if (passed === passedBefore || refused === refusedBefore) return [];
  }
  return [{ ...candidate, passed, refused }];
}

/** Whether a request for one person's object, answered as they were, passes for this caller. */
async function passes(
  { body, operation, shown }: Candidate,
  params: Params,
  answered: Harvest,
  caller: Harvest,
  gate: TestingGate,
): Promise<boolean> {
  const backend: Record<string, BackendAnswer> = { "*": { status: 200, body: {} } };
  for (const seen of answered.seen.filter(isAnswered))
    backend[`GET ${seen.target}`] = { status: 200, body: seen.json };
  const id = body === undefined ? undefined : params[body.from];
  const test: PolicyTest = {
    file: "",
    name: nameOf(operation),
    as: callerOf(caller),
    request: `${operation.method} ${targetOf(operation, filled(operation, params))}`,
    backend,
    ...(body === undefined ? {} : { body: { [body.property]: id } }),
    expect: { outcome: "passed" },
  };
  // Each is shown what the list showed them: the other's ids are never among it.
  if (shown !== undefined)
    for (const seen of caller.seen.filter((one) => one.operation === shown.list && isAnswered(one)))
      await gate.run({
        ...test,
        request: `GET ${seen.target}`,
        backend: { "*": { status: 200, body: seen.json } },
      });
  const { record } = await gate.run(test);
  return !record.decisions.some(({ mode }) => mode === "enforce");
}

/** Parameters that a rule does not look at. */
const filled = ({ pathTemplate }: Operation, params: Params): Params => ({
  ...Object.fromEntries([...pathTemplate.matchAll(/\{([^}]+)\}/g)].map(([, name]) => [name, "1"])),
  ...params,
});

const ofTheToken = new Set(["iss", "aud", "exp", "nbf", "iat", "jti", "sid", "cnf", "typ"]);

function callerOf({ claims }: Harvest): Record<string, unknown> {
  const kept = Object.entries(claims).filter(([name]) => !ofTheToken.has(name));
  const sub = textOfId(claims["sub"]);
  return { ...Object.fromEntries(kept), ...(sub === undefined ? {} : { sub }) };
}
