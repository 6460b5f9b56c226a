import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { copyTree } from "./copied-tree.ts";
import { type Mutant, mutate } from "./mutant.ts";
import { runTestsIn } from "./run-tests-in.ts";

/** What became of one changed line. */
export interface Judged {
  readonly mutant: Mutant;
  readonly outcome: "killed" | "killed by time" | "survived" | "equivalent";
  /** Tests that noticed. */
  readonly noticedBy: readonly string[];
}

export interface JudgeOptions {
  /** How many are judged at once, each in a copy of the repository of its own. */
  readonly atOnce: number;
  /** How long the tests of one may take. */
  readonly boundMs: number;
  /** What is run where a row's own tests notice nothing; undefined: nothing. */
  readonly wide: readonly string[] | undefined;
  readonly onJudged: (judged: Judged) => void;
  readonly say: (message: string) => void;
  readonly stop?: AbortSignal | undefined;
}

/** How long the tests may take together while nothing is changed. */
const soundBoundMs = 3_600_000;
const wideBoundMs = 3_600_000;

/**
 * Changes one line after another, each in a copy of the repository, and sees whether the tests
 * notice.
 *
 * @throws RowFault where a row does not fit the sources
 * @throws Error where tests fail that should not: they would seem to notice everything
 */
export async function judgeMutants(
  mutants: readonly Mutant[],
  options: JudgeOptions,
): Promise<Judged[]> {
  const run = mutants.filter(({ equivalent }) => equivalent === undefined);
  const judged = mutants
    .filter(({ equivalent }) => equivalent !== undefined)
    .map((mutant): Judged => ({ mutant, outcome: "equivalent", noticedBy: [] }));
  if (run.length === 0) return judged;
  const trees = Array.from({ length: Math.min(options.atOnce, run.length) }, copyTree);
  try {
    await verifySound((trees[0] as { folder: string }).folder, run, options);
    const waiting = run.values();
    await Promise.all(
      trees.map(async ({ folder }) => {
        for (const mutant of waiting) {
          const one = await judgeOne(folder, mutant, options);
          if (options.stop?.aborted === true) return;
          judged.push(one);
          options.onJudged(one);
        }
      }),
    );
  } finally {
    for (const tree of trees) tree.remove();
  }
  return judged;
}

/** The tests must pass as long as nothing is changed. */
async function verifySound(
  folder: string,
  mutants: readonly Mutant[],
  { say, stop, wide }: JudgeOptions,
): Promise<void> {
  const files = [...new Set([...mutants.flatMap(({ tests }) => tests), ...(wide ?? [])])];
  say(`running the tests of ${mutants.length} rows once with nothing changed ...`);
  const { ended, failed, said } = await runTestsIn(folder, files, soundBoundMs, stop);
  if (ended === "failed" || ended === "out of time")
    throw new Error(
      `with nothing changed, tests fail (${failed.join("; ") || ended}):\n${said.slice(-4000)}`,
    );
}

async function judgeOne(
  folder: string,
  mutant: Mutant,
  { boundMs, stop, wide }: JudgeOptions,
): Promise<Judged> {
  const file = join(folder, mutant.file);
  const text = readFileSync(file, "utf8");
  writeFileSync(file, mutate(mutant, text));
  try {
    const narrow = await runTestsIn(folder, mutant.tests, boundMs, stop);
    const found =
      narrow.ended === "passed" && wide !== undefined
        ? await runTestsIn(folder, wide, wideBoundMs, stop)
        : narrow;
    return { mutant, outcome: outcomes[found.ended], noticedBy: found.failed };
  } finally {
    writeFileSync(file, text);
  }
}

const outcomes = {
  passed: "survived",
  failed: "killed",
  "out of time": "killed by time",
  stopped: "survived",
} as const;
