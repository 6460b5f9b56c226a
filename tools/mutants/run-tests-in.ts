import { spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { root } from "../published-packages.ts";

export interface TestRun {
  readonly ended: "passed" | "failed" | "out of time" | "stopped";
  /** Names of the tests that failed, each once. */
  readonly failed: readonly string[];
  /** What the run said, for where it was not expected to fail. */
  readonly said: string;
}

/** How long a run may take to end the servers it has started, before it is ended by force. */
const endingMs = 10_000;

/**
 * Runs files of tests in a copy of the repository, for no longer than a bound: a changed line may
 * make a loop endless.
 */
export async function runTestsIn(
  folder: string,
  files: readonly string[],
  boundMs: number,
  stop?: AbortSignal,
): Promise<TestRun> {
  const child = spawn(
    process.execPath,
    [join(folder, "tools", "run.mjs"), "tools/run-tests.ts", ...files],
    { cwd: folder, detached: true, stdio: ["ignore", "pipe", "pipe"], env: environment() },
  );
  let said = "";
  for (const stream of [child.stdout, child.stderr])
    stream.setEncoding("utf8").on("data", (text: string) => (said += text));
  const closed = once(child, "close") as Promise<[number | null]>;
  const ending = new AbortController();
  const late = sleep(boundMs, "late" as const, {
    signal: stop === undefined ? ending.signal : AbortSignal.any([ending.signal, stop]),
  }).catch(() => "stopped" as const);
  const first = await Promise.race([closed, late]);
  ending.abort();
  if (typeof first !== "string")
    return { ended: first[0] === 0 ? "passed" : "failed", failed: failedIn(said), said };
  await endRun(child.pid as number, closed);
  return { ended: first === "late" ? "out of time" : "stopped", failed: failedIn(said), said };
}

/** A run that is asked to end ends its servers too; one that does not is killed. */
async function endRun(pid: number, closed: Promise<unknown>): Promise<void> {
  signalGroup(pid, "SIGTERM");
  const waiting = new AbortController();
  const patience = sleep(endingMs, undefined, { signal: waiting.signal }).catch(() => undefined);
  await Promise.race([closed, patience]);
  waiting.abort();
  signalGroup(pid, "SIGKILL");
}

function signalGroup(pid: number, signal: NodeJS.Signals): void {
  try {
    process.kill(-pid, signal);
  } catch {
    // Everybody of the group has ended already.
  }
}

/** The public suites lie beside this checkout, and not beside its copy. */
function environment(): NodeJS.ProcessEnv {
  const data = join(root, "..", "shared", "data");
  const { NODE_TEST_CONTEXT: _, npm_lifecycle_event: __, ...rest } = process.env;
  return existsSync(data) ? { PORTCULLIS_TEST_DATA: data, ...rest } : rest;
}

/** Lines of Node's reporter: a cross, the name, and how long it took. */
const failedIn = (said: string): string[] => [
  ...new Set([...said.matchAll(/^✖ (.+) \([\d.]+ms\)/gmu)].map(([, name = ""]) => name)),
];
