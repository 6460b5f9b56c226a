import { existsSync, readdirSync, readFileSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { loadPolicy } from "../../policy/load-policy.ts";
import type { Policy } from "../../policy/program-policy.ts";
import { askAdmin } from "../ask-admin.ts";
import { configFlag, directoryFlag, jsonFlag, profileFlag } from "../policy-flags.ts";
import { policySources, text } from "../sources.ts";
import { faultLines, Misuse, type Terminal } from "../terminal.ts";
import type { Command, Environment, Flags } from "../verb.ts";
import type { Plan } from "@portcullis/guard";
import type { DecisionRecord } from "@portcullis/guard/records";
import { testOf, writtenLines } from "./test-policy/from-record.ts";
import { asJunit } from "./test-policy/junit.ts";
import { judge } from "./test-policy/judge.ts";
import type { Judged } from "./test-policy/judged.ts";
import { readTests } from "./test-policy/test-file.ts";
import { TestingGate } from "./test-policy/testing-gate.ts";
import { recordsInFile } from "./why/find-records.ts";
import { type Untested, untestedLines, untestedOf } from "./test-policy/untested.ts";

export const flags = {
  config: configFlag,
  profile: profileFlag,
  junit: {
    type: "string",
    help: "write the outcome to this file as JUnit's XML",
    completes: "file",
  },
  coverage: {
    type: "boolean",
    help: "name the operations and rules that no test touches, or where none is refused",
  },
  "from-trace": {
    type: "string",
    help: "write a test of the request with this trace id, as its record tells it",
  },
  out: {
    type: "string",
    help: "with --from-trace: the file of tests to put it behind (the standard output)",
    completes: "file",
  },
  records: {
    type: "string",
    help: "with --from-trace: a file of records, in place of the running gate's newest",
    completes: "file",
  },
  admin: {
    type: "string",
    help: "with --from-trace: the gate's admin address (http://127.0.0.1:9443)",
  },
  directory: directoryFlag,
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
  const { faults, plan, policy } = await loadPolicy(policySources(values, environment, false));
  if (plan === undefined || policy === undefined)
    throw new Misuse(`${faultLines(faults)}\nNothing can be tested of what is not understood.`);
  const trace = text(values["from-trace"]);
  if (trace !== undefined) return await writeTest(trace, { plan, policy }, values, terminal);
  const tests = readTests(filesOf(words[0] ?? "policy-tests"));
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

/** Exit code 1 where the test does not repeat what is recorded. */
async function writeTest(
  trace: string,
  { plan, policy }: { readonly plan: Plan; readonly policy: Policy },
  values: Command["values"],
  terminal: Terminal,
): Promise<number> {
  const traceId = trace.toLowerCase();
  if (!/^[0-9a-f]{32}$/.test(traceId))
    throw new Misuse("a trace id has 32 hexadecimal digits, such as the traceId of an answer.");
  const file = text(values["records"]);
  const [record] =
    file === undefined
      ? (
          await askAdmin<{ readonly items: readonly DecisionRecord[] }>(
            text(values["admin"]) ?? "http://127.0.0.1:9443",
            text(values["directory"]) ?? ".portcullis",
            `/records?traceId=${traceId}`,
          )
        ).items
      : await recordsInFile(file, { traceId });
  if (record === undefined) throw new Misuse(`there is no record of ${traceId}.`);
  const written = await testOf(record, plan, Object.keys(policy.roles ?? {}));
  const out = text(values["out"]);
  const before = out !== undefined && existsSync(out) ? readFileSync(out, "utf8") : "tests:\n";
  const whole = `${before.replace(/\n*$/, "\n")}${writtenLines(written)}`;
  if (out === undefined) terminal.out(whole);
  else {
    writeFileSync(out, `${whole}\n`);
    terminal.out(`Wrote '${written.test.name}' to ${out}.`);
  }
  for (const one of written.wrong) terminal.error(`It is not yet as recorded: ${one}`);
  return written.wrong.length > 0 ? 1 : 0;
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
