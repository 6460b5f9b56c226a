import type { Fault } from "@portcullis/guard/documents";
import { type Plan, saidOf } from "@portcullis/guard/policy";
import { loadPolicy } from "../../policy/load-policy.ts";
import { verifyStructure } from "../../policy/verify-structure.ts";
import { configFlag, jsonFlag, openapiFlag, strictFlag } from "../policy-flags.ts";
import type { Command, Environment, Flags } from "../verb.ts";
import { coverageAsJson, coverageTable } from "./check/coverage-table.ts";
import { findingLines } from "./check/finding-lines.ts";
import { showMatrix } from "./check/role-matrix.ts";
import { suggest } from "./check/suggest.ts";
import { policySources, text } from "../sources.ts";
import { faultLines, type Terminal } from "../terminal.ts";

export const flags = {
  config: configFlag,
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
  strict: strictFlag,
  json: jsonFlag,
} satisfies Flags;

export const example = "portcullis check --config portcullis.yaml";

/**
 * Exit code: 0 understood, 1 understood but something stands open or closed that nobody decided, 2
 * not understood.
 */
export async function run(
  { values }: Command,
  environment: Environment,
  terminal: Terminal,
): Promise<number> {
  const {
    documents,
    faults: read,
    plan,
  } = await loadPolicy(policySources(values, environment, false), {
    strict: values["strict"] === true,
  });
  const faults = [
    ...read,
    ...(await Promise.all(documents.map((document) => verifyStructure(document.file)))).flat(),
  ];
  const asJson = values["json"] === true;
  if (plan === undefined) return sayNotUnderstood(faults, asJson, terminal);
  if (!asJson && faults.length > 0) terminal.error(faultLines(faults));
  if (values["suggest"] === true)
    return await suggest(
      text(values["admin"]) ?? "http://127.0.0.1:9443",
      text(values["directory"]) ?? ".portcullis",
      asJson,
      terminal,
    );
  if (values["matrix"] === true)
    return showMatrix(plan, text(values["snapshot"]), values["accept"] === true, asJson, terminal);
  return showCoverage(plan, faults, asJson, terminal);
}

function sayNotUnderstood(faults: readonly Fault[], asJson: boolean, terminal: Terminal): number {
  if (asJson) terminal.out(JSON.stringify({ faults, findings: [], operations: [] }));
  else
    terminal.error(
      `${faultLines(faults)}\n\n${countOfErrors(faults)}. Nothing is served from what is not understood.`,
    );
  return 2;
}

function showCoverage(
  plan: Plan,
  faults: readonly Fault[],
  asJson: boolean,
  terminal: Terminal,
): number {
  const [findings, says] = [findingLines(plan), saidOf(plan)];
  if (asJson)
    terminal.out(JSON.stringify({ faults, findings, says, operations: coverageAsJson(plan) }));
  else {
    const { lines, operations } = coverageTable(plan);
    terminal.out(lines);
    terminal.out(`\n${operations} operations understood.`);
    for (const line of [...says, ...findings]) terminal.out(line);
  }
  return findings.length > 0 ? 1 : 0;
}

function countOfErrors(faults: readonly Fault[]): string {
  const errors = faults.filter((fault) => fault.severity === "error").length;
  return `${errors} ${errors === 1 ? "fault" : "faults"}`;
}
