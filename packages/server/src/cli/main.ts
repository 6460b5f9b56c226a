// The program itself. bin/portcullis.js starts it, when the running Node may stand at a gate.
import { run } from "./run.ts";

// `portcullis check | head`: who reads has seen enough.
process.stdout.on("error", (error: NodeJS.ErrnoException) =>
  process.exit(error.code === "EPIPE" ? 0 : 2),
);
process.exitCode = await run(process.argv.slice(2));
