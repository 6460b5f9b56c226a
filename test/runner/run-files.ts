// Runs files of tests with Node's runner, and counts at the end what was skipped.
import { once } from "node:events";
import { availableParallelism } from "node:os";
import { join } from "node:path";
import { run } from "node:test";
import { spec } from "node:test/reporters";
import { endGroup } from "./clean-up.ts";
import { SkippedTests } from "./skipped.ts";

// The keeper is gone, or ends the run: this process leads the group of all that tests started.
const endAll = (): void => endGroup(process.pid, "SIGKILL");
process.stdin.on("error", endAll).once("close", endAll).resume();

const events = run({
  files: process.argv.slice(2),
  // Many tests wait more than they work.
  concurrency: availableParallelism() + 1,
  timeout: 120_000,
  execArgv: ["--import", join(import.meta.dirname, "file-deadline.ts")],
});
const skipped = new SkippedTests();
let failed = false;
events.on("test:pass", ({ skip }) => {
  if (typeof skip === "string") skipped.add(skip);
});
events.on("test:fail", () => (failed = true));
const report = events.compose(new spec());
report.pipe(process.stdout, { end: false });
await once(report, "end");
for (const line of skipped.lines()) console.log(line);
process.exit(failed ? 1 : 0);
