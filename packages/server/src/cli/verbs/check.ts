import type { Fault } from "@portcullis/guard/documents";
import { type Plan, saidOf } from "@portcullis/guard/policy";
import { lookAsUp } from "../../control/look-as-up.ts";
import { loadPolicy } from "../../policy/load-policy.ts";
import { verifyStructure } from "../../policy/verify-structure.ts";
import { configFlag, jsonFlag, openapiFlag, profileFlag, strictFlag } from "../policy-flags.ts";
import type { Command, Environment, Flags } from "../verb.ts";
import { chosenBy, type Chosen } from "./check/chosen.ts";
import { coverageAsJson, coverageTable, enforcesAnything } from "./check/coverage-table.ts";
import { findingLines } from "./check/finding-lines.ts";
import { showMatrix } from "./check/role-matrix.ts";
import { suggest } from "./check/suggest.ts";
import { policySources, text } from "../sources.ts";
import { faultLines, Misuse, type Terminal } from "../terminal.ts";

export const flags = {
  config: configFlag,
  profile: profileFlag,
  openapi: openapiFlag,
  suggest: {
    type: "boolean",
    help: "propose owner rules, and name undeclared fields, from what a running gate has seen",
  },
  admin: {
    type: "string",
    help: "with --suggest: the gate's admin address (http://127.0.0.1:9443)",
  },
  directory: {
    type: "string",
    help: "with --suggest: where the gate keeps its admin credential (.portcullis)",
    completes: "folder",
  },
  matrix: { type: "boolean", help: "print which role may enter which operation" },
  snapshot: {
    type: "string",
    help: "with --matrix: the file that keeps it, to name what has widened since",
    completes: "file",
  },
  accept: { type: "boolean", help: "with --snapshot: keep the matrix as it is now" },
  only: {
    type: "string",
    help: "only these columns and what was found of them, such as owner,limits",
  },
  operation: { type: "string", help: "only these operations, such as 'get*'" },
  "fail-on": {
    type: "string",
    help: "what makes the exit code 1: error, warning or finding (finding where anything is enforced)",
    completes: ["error", "warning", "finding"],
  },
  strict: strictFlag,
  json: jsonFlag,
} satisfies Flags;

export const example = "portcullis check --config portcullis.yaml";

/**
 * Exit code: 0 understood, 1 understood, and enforced, but something stands open or closed that
 * nobody decided (see --fail-on), 2 not understood.
 */
export async function run(
  { values }: Command,
  environment: Environment,
  terminal: Terminal,
): Promise<number> {
  const sources = policySources(values, environment, false);
  const loaded = await loadPolicy(sources, { strict: values["strict"] === true });
  const { documents, plan, policy } = loaded;
  const serves = plan !== undefined && policy !== undefined && sources.file !== undefined;
  const faults = [
    ...loaded.faults,
    ...(serves ? await lookAsUp({ ...loaded, policy, environment }) : []),
    ...(await Promise.all(documents.map((document) => verifyStructure(document.file)))).flat(),
  ];
  const asJson = values["json"] === true;
  const failOn = failureOf(text(values["fail-on"]));
  if (plan === undefined) return sayNotUnderstood(faults, asJson, terminal);
  if (!asJson && faults.length > 0) terminal.error(faultLines(faults));
  if (values["suggest"] === true)
    return await suggest(
      text(values["admin"]) ?? "http://127.0.0.1:9443",
      text(values["directory"]) ?? ".portcullis",
      { asJson, documents, hasRule: (name) => ruled(plan).has(name) },
      terminal,
    );
  if (values["matrix"] === true)
    return showMatrix(plan, text(values["snapshot"]), values["accept"] === true, asJson, terminal);
  const chosen = chosenBy(plan, text(values["only"]), text(values["operation"]));
  const found = showCoverage(plan, chosen, faults, asJson, terminal);
  return fails(failOn ?? usualFailure(plan), faults, found) ? 1 : 0;
}

/** Operations of which the policy says whose the objects are, or that it does not matter. */
const ruled = (plan: Plan): ReadonlySet<string> =>
  new Set(
    plan.apis
      .flatMap(({ operations }) => operations)
      .filter(
        ({ controls }) => controls.ownership.owners !== undefined || controls.ownership.ownerless,
      )
      .map(({ name }) => name),
  );

const failures = ["error", "warning", "finding"] as const;
type Failure = (typeof failures)[number];

/**
 * While nothing is enforced, nothing is refused, and what stands open is not finished rather than
 * wrong.
 */
const usualFailure = (plan: Plan): Failure => (enforcesAnything(plan) ? "finding" : "error");

function failureOf(value: string | undefined): Failure | undefined {
  if (value === undefined) return undefined;
  const found = failures.find((one) => one === value);
  if (found === undefined)
    throw new Misuse(
      `--fail-on ${JSON.stringify(value)} is not understood; expected ${failures.join(", ")}.`,
    );
  return found;
}

/** Faults that are errors end before: nothing is served from what is not understood. */
function fails(failOn: Failure, faults: readonly Fault[], findings: number): boolean {
  if (failOn === "error") return false;
  return failOn === "warning" ? faults.length > 0 : findings > 0;
}

function sayNotUnderstood(faults: readonly Fault[], asJson: boolean, terminal: Terminal): number {
  if (asJson) terminal.out(JSON.stringify({ faults, findings: [], operations: [] }));
  else
    terminal.error(
      `${faultLines(faults)}\n\n${countOfErrors(faults)}. Nothing is served from what is not understood.`,
    );
  return 2;
}

/** How many kinds of findings there are. */
function showCoverage(
  plan: Plan,
  chosen: Chosen,
  faults: readonly Fault[],
  asJson: boolean,
  terminal: Terminal,
): number {
  const [findings, says] = [findingLines(plan, undefined, chosen), saidOf(plan)];
  const operations = coverageAsJson(plan, chosen);
  if (asJson) terminal.out(JSON.stringify({ faults, findings, says, operations }));
  else {
    const width = terminal.columns ?? Number.POSITIVE_INFINITY;
    const { lines } = coverageTable(plan, chosen, width);
    terminal.out(lines);
    terminal.out(`\n${operations.length} operations understood.`);
    for (const line of [...says, ...findings]) terminal.out(line);
  }
  return findings.length;
}

function countOfErrors(faults: readonly Fault[]): string {
  const errors = faults.filter((fault) => fault.severity === "error").length;
  return `${errors} ${errors === 1 ? "fault" : "faults"}`;
}
