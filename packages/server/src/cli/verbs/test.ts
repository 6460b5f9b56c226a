import { readdirSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { loadPolicy } from "../../policy/load-policy.ts";
import { configFlag, jsonFlag } from "../policy-flags.ts";
import { policySources, text } from "../sources.ts";
import { faultLines, Misuse, type Terminal } from "../terminal.ts";
import type { Command, Environment, Flags } from "../verb.ts";
import { asJunit } from "./test-policy/junit.ts";
import { judge } from "./test-policy/judge.ts";
import type { Judged } from "./test-policy/judged.ts";
import { readTests } from "./test-policy/test-file.ts";
import { TestingGate } from "./test-policy/testing-gate.ts";
import { type Untested, untestedLines, untestedOf } from "./test-policy/untested.ts";

export const flags = {
  config: configFlag,
  junit: {
    type: "string",
    help: "write the outcome to this file as JUnit's XML",
    completes: "file",
  },
  coverage: {
    type: "boolean",
    help: "name the operations and rules that no test touches, or where none is refused",
  },
  json: jsonFlag,
} satisfies Flags;

export const example = "portcullis test policy-tests";
export const takes = "FILE or FOLDER of tests (policy-tests)";

/**
 * Runs tests of the policy through the gate's own journey, in this process: no socket, no key, no
 * backend. Exit code 1 when one fails.
 */
export async function run(
  { values, words }: Command,
  environment: Environment,
  terminal: Terminal,
): Promise<number> {
  const tests = readTests(filesOf(words[0] ?? "policy-tests"));
  const { faults, plan, policy } = await loadPolicy(policySources(values, environment, false));
  if (plan === undefined || policy === undefined)
    throw new Misuse(`${faultLines(faults)}\nNothing can be tested of what is not understood.`);
  const all: Judged[] = [];
  const gate = new TestingGate(plan);
  for (const test of tests) {
    const begun = performance.now();
    const happened = await gate.run(test);
    all.push({
      file: test.file,
      name: test.name,
      operation: happened.record.operation,
      outcome: happened.record.code === undefined ? "passed" : "refused",
      durationMs: performance.now() - begun,
      wrong: judge(test.expect, happened),
    });
  }
  gate.close();
  const junit = text(values["junit"]);
  if (junit !== undefined) writeFileSync(junit, `${asJunit(all)}\n`);
  const untested = values["coverage"] === true ? untestedOf(plan, policy, all) : undefined;
  if (values["json"] === true) terminal.out(JSON.stringify({ tests: all, ...untested }));
  else for (const line of linesOf(all, untested)) terminal.out(line);
  return all.some(({ wrong }) => wrong.length > 0) ? 1 : 0;
}

function filesOf(place: string): readonly string[] {
  const found = statSync(place, { throwIfNoEntry: false });
  if (found === undefined)
    throw new Misuse(`there are no tests: ${place} does not exist.\nFor example: ${example}`);
  if (!found.isDirectory()) return [place];
  const files = readdirSync(place).filter((name) => /\.(ya?ml|json)$/.test(name));
  if (files.length === 0) throw new Misuse(`there are no tests in ${place} (*.yaml).`);
  return files.toSorted().map((name) => join(place, name));
}

function* linesOf(all: readonly Judged[], untested: Untested | undefined): Generator<string> {
  const failed = all.filter(({ wrong }) => wrong.length > 0);
  for (const { file, name, operation, wrong } of failed) {
    yield `FAILED  ${name} (${operation}, ${file})`;
    for (const one of wrong) yield `    ${one}`;
  }
  yield `${all.length} ${all.length === 1 ? "test" : "tests"}, ${failed.length} failed.`;
  if (untested !== undefined) yield* untestedLines(untested);
}
