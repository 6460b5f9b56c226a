// Loaded before every file of tests, so that none of them can hang a run.
import { once } from "node:events";
import { connect } from "node:net";
import { relative } from "node:path";
import { after } from "node:test";
import { isMainThread } from "node:worker_threads";
import { type Question, runVariable } from "../parts/ask-run.ts";

/**
 * How long a file may stay when its last test has ended. A browser that did not start is ended by
 * playwright within half a minute.
 */
const lingerMs = 45_000;

const path = process.env[runVariable];
// Worker threads of a test load this too.
if (path !== undefined && isMainThread) {
  const file = relative(process.cwd(), process.argv[1] ?? "");
  const question: Question = { ask: "deadline", pid: process.pid, file };
  const socket = connect(path);
  await once(socket, "connect");
  // Before the first test begins: one that loops lets nothing out any more.
  await new Promise((resolve) => socket.write(`${JSON.stringify(question)}\n`, resolve));
  // The run that is gone ends this process by other means.
  socket.on("error", () => undefined).unref();
  after(() => {
    setTimeout(() => {
      const open = process.getActiveResourcesInfo().join(", ");
      process.stderr.write(`${file} did not end after its last test; it left open: ${open}\n`);
      process.exit(1);
    }, lingerMs).unref();
  });
}
