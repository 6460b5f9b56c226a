// Runs every test of the repository, or those of the paths that are named: npm test -- test/gate
import { spawn } from "node:child_process";
import { chmodSync, globSync, mkdtempSync } from "node:fs";
import { constants, tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { endGroup, endMarked, removeFolder } from "../test/runner/clean-up.ts";
import { runVariable, socketOf } from "../test/parts/ask-run.ts";

const root = join(import.meta.dirname, "..");
const askParentEveryMs = 500;
const quitMs = 1000;

function filesOf(path: string): string[] {
  if (path.startsWith("-")) refuse(`'${path}' is not understood.`);
  const files = globSync(path.endsWith(".ts") ? path : `${path}/**/*.test.ts`, {
    cwd: root,
    exclude: ["**/node_modules/**", "**/dist/**"],
  });
  if (files.length === 0) refuse(`there is no file of tests at '${path}'.`);
  return files;
}

function refuse(message: string): never {
  console.error(`npm test: ${message}\nFor example: npm test -- test/gate`);
  process.exit(2);
}

const named = process.argv.slice(2);
const files = [
  ...new Set((named.length > 0 ? named : ["packages", "examples", "test"]).flatMap(filesOf)),
];

const folder = mkdtempSync(join(tmpdir(), "portcullis-test-"));
// Servers of another user must get through to their own folder in it.
chmodSync(folder, 0o711);

// In a group of its own, so that Ctrl-C does not end it before it has ended what it started.
const keeper = spawn(
  process.execPath,
  [...process.execArgv, join(root, "test", "runner", "keep-run.ts"), folder, ...files],
  {
    cwd: root,
    detached: true,
    stdio: ["pipe", "inherit", "inherit"],
    // Tests start programs from their sources some thousand times: types are stripped and code is
    // compiled once. It goes with the folder.
    env: { ...process.env, NODE_COMPILE_CACHE: join(folder, "compiled") },
  },
);
let interruptedBy: NodeJS.Signals | undefined;
const interrupt = (signal: NodeJS.Signals): void => {
  interruptedBy ??= signal;
  // The keeper ends the run when this closes, whether it is closed here or this process is killed.
  keeper.stdin.end();
};
for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"] as const) process.on(signal, interrupt);
const parent = process.ppid;
setInterval(() => {
  if (process.ppid !== parent) interrupt("SIGHUP");
}, askParentEveryMs).unref();

keeper.once("exit", async (status, signal) => {
  if (keeper.pid !== undefined && signal !== null) {
    // It was killed before it could end its servers. PostgreSQL gives back shared memory when it is
    // asked to quit, and not when it is killed.
    endGroup(keeper.pid, "SIGQUIT");
    await sleep(quitMs);
    endGroup(keeper.pid, "SIGKILL");
    endMarked(runVariable, socketOf(folder));
  }
  removeFolder(folder);
  process.exit(
    interruptedBy === undefined ? (status ?? 1) : 128 + constants.signals[interruptedBy],
  );
});
