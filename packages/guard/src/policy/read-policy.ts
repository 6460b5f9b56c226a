import { resolve } from "node:path";
import { pathToFileURL } from "node:url";
import type { Fault } from "../document/api-document.ts";
import type { SourceDocument } from "../document/read-document.ts";
import { child, DocumentSet, type Located } from "../document/references.ts";
import { overridePlaces } from "./environment.ts";
import { documentOf, layOver } from "./layers.ts";
import type { FaultRest, PolicyPath } from "./join-context.ts";
import type { Fields } from "./object-shape.ts";
import type { Shape } from "./shape.ts";
import { substitute } from "./substitute.ts";

/** A policy that was read, and the way to name a place in it. */
export interface PolicyReading<P> {
  /** Undefined where it is not understood. */
  readonly policy: P | undefined;
  readonly faults: readonly Fault[];
  /** The fault, at a place of the policy. */
  readonly faultAt: (path: PolicyPath, message: string, rest?: FaultRest) => Fault;
}

export interface PolicySources {
  /**
   * `portcullis.yaml`, or a `.ts`, `.js` or `.mjs` module whose default export is the policy.
   * Absent: the flags are the whole policy.
   */
  readonly file: string | undefined;
  /** A file of the same form that is laid over it, such as `portcullis.staging.yaml`. */
  readonly profile?: string | undefined;
  readonly environment: Readonly<Record<string, string | undefined>>;
  /** Laid over everything else, by path. */
  readonly flags: readonly (readonly [path: PolicyPath, value: unknown])[];
}

/** A policy as an object, typed, for `portcullis.config.ts`. */
export function definePolicy<
  const T extends Readonly<Record<string, unknown>> & { readonly portcullis: 1 },
>(policy: T): T {
  return policy;
}

/**
 * Reads the file, lays the profile over it, puts variables in their places, lays the environment
 * over that and the flags over all, and holds the whole to the format.
 */
export async function readPolicy<P>(
  { environment, file, flags, profile }: PolicySources,
  format: Shape<P> & { readonly fields: Fields },
): Promise<PolicyReading<P>> {
  const set = new DocumentSet();
  const written = await readFiles(file, profile, set);
  const nowhere = { file: file ?? "(command line)", line: 1, column: 1 };
  if (written === undefined)
    return {
      policy: undefined,
      faults: set.faults,
      faultAt: (_path, message, rest) => ({ ...nowhere, severity: "error", message, ...rest }),
    };
  const overrides = overridePlaces(environment, format);
  const { value: filled, withoutValues } = substitute(
    { document: written, path: [], value: written.value },
    environment,
    set,
  );
  let source: SourceDocument = { ...written, value: filled };
  if (overrides.values.length > 0) source = layOver(source, documentOf(overrides.values), set);
  const said = flags.map(([path, value]) => [path, value, "(command line)"] as const);
  if (said.length > 0) source = layOver(source, documentOf(said), set);
  const root: Located = { document: source, path: [], value: source.value };
  const policy = format.read(root, set);
  return {
    policy,
    faults: [...overrides.faults, ...set.faults.map(withoutValues)],
    faultAt: (path, message, rest = {}) =>
      withoutValues({
        ...source.positionOf(child(root, ...path).path),
        severity: "error",
        message,
        ...rest,
      }),
  };
}

/** The policy as it is written. @returns undefined where a file cannot be read, which is noted */
async function readFiles(
  file: string | undefined,
  profile: string | undefined,
  set: DocumentSet,
): Promise<SourceDocument | undefined> {
  const base = file === undefined ? commandLine() : await readFile(file, set);
  if (base === undefined || profile === undefined) return base;
  const over = await readFile(profile, set);
  return over === undefined ? undefined : layOver(base, over, set);
}

const readFile = async (file: string, set: DocumentSet): Promise<SourceDocument | undefined> =>
  /\.[cm]?[jt]s$/.test(file)
    ? await readModule(resolve(file), set)
    : set.open(resolve(file), { bareTemplates: true });

const commandLine = (): SourceDocument => ({
  file: "(command line)",
  value: { portcullis: 1 },
  positionOf: () => ({ file: "(command line)", line: 1, column: 1 }),
});

let reads = 0;

async function readModule(file: string, set: DocumentSet): Promise<SourceDocument | undefined> {
  const position = { file, line: 1, column: 1 };
  try {
    // The query makes a changed file another module: Node keeps what it once imported.
    const module = (await import(`${pathToFileURL(file).href}?read=${(reads += 1)}`)) as {
      readonly default?: unknown;
    };
    if (module.default === undefined)
      throw new Error(
        "it has no default export; write: export default definePolicy({ portcullis: 1, ... })",
      );
    // Only what a file could say: no functions, no getters.
    return {
      file,
      value: JSON.parse(JSON.stringify(module.default)) as unknown,
      positionOf: () => position,
    };
  } catch (fault) {
    set.faults.push({
      ...position,
      severity: "error",
      message: `the policy module cannot be read: ${(fault as Error).message.split("\n")[0]}`,
    });
    return undefined;
  }
}
