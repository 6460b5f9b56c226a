// The program itself. bin/portcullis.js starts it, when the running Node may stand at a gate.
import { run } from "./run.ts";
import { endWithReaders } from "./standard-streams.ts";

endWithReaders();
process.exitCode = await run(process.argv.slice(2));
