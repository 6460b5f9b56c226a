#!/usr/bin/env node
import { runtimeFault } from "./runtime-version.ts";

const fault = runtimeFault(process.version);
if (fault !== undefined) {
  process.stderr.write(`${fault}\n`);
  process.exit(2);
}
// Only now: what these import may not even parse on an older Node.
const { run } = await import("./run.ts");
// `portcullis check | head`: who reads has seen enough.
process.stdout.on("error", (error: NodeJS.ErrnoException) => process.exit(error.code === "EPIPE" ? 0 : 2));
process.exitCode = await run(process.argv.slice(2));
