// Keeps one run of the tests: starts servers when a test asks for one, runs the files, and ends all
// of it when they are done, or when the standard input closes because whoever began it has gone.
import { spawn } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";
import { runVariable, socketOf } from "../parts/ask-run.ts";
import { openBroker } from "./broker.ts";
import { endGroup, endMarked, removeFolder } from "./clean-up.ts";

const [folder = "", ...files] = process.argv.slice(2);
const broker = await openBroker({
  folder,
  fileTimeoutMs: Number(process.env["PORTCULLIS_TEST_FILE_TIMEOUT_MS"] ?? 180_000),
  say: (message) => console.error(message),
});
// Every process that a test starts is of this group, unless it leaves it.
const runner = spawn(
  process.execPath,
  [...process.execArgv, join(import.meta.dirname, "run-files.ts"), ...files],
  {
    detached: true,
    stdio: ["pipe", "inherit", "inherit"],
    // What tests leave in the temporary folder goes with the run's.
    env: { ...process.env, TMPDIR: folder, [runVariable]: socketOf(folder) },
  },
);
runner.stdin.on("error", () => undefined);
const endRun = (): void => void runner.stdin.end();
process.stdin.on("error", endRun).once("close", endRun).resume();
for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"] as const) process.on(signal, endRun);

const [status] = (await once(runner, "exit")) as [number | null];
if (runner.pid !== undefined) endGroup(runner.pid, "SIGKILL");
endMarked(runVariable, socketOf(folder));
await broker.close();
removeFolder(folder);
process.exit(status ?? 1);
