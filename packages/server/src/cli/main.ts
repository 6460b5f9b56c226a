#!/usr/bin/env node
import { runtimeFault } from "./runtime-version.ts";

const fault = runtimeFault(process.version);
if (fault !== undefined) {
  process.stderr.write(`${fault}\n`);
  process.exit(2);
}
// Only now: what these import may not even parse on an older Node.
const { run } = await import("./run.ts");
process.exitCode = await run(process.argv.slice(2));
