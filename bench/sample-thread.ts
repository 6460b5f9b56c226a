// Loaded into every thread of the gate under measurement: samples it between two moments, so that
// neither the start nor the compiler's first work is in the profile.
import { existsSync, writeFileSync } from "node:fs";
import { Session } from "node:inspector/promises";
import { join } from "node:path";
import { isMainThread, threadId, workerData } from "node:worker_threads";

const directory = process.env["BENCH_PROFILES"];
const lookEveryMs = 20;

/** Threads that read a policy or copy a store are not of interest. */
const part = isMainThread
  ? "control"
  : (workerData as { readonly records?: unknown } | null)?.records === undefined
    ? undefined
    : "gate";

if (directory !== undefined && part !== undefined) {
  const session = new Session();
  let isSampling = false;
  const look = setInterval(() => {
    if (!isSampling && existsSync(join(directory, "begin"))) {
      isSampling = true;
      session.connect();
      void session
        .post("Profiler.enable")
        .then(() => session.post("Profiler.setSamplingInterval", { interval: 200 }))
        .then(() => session.post("Profiler.start"));
    } else if (isSampling && existsSync(join(directory, "end"))) {
      clearInterval(look);
      void session.post("Profiler.stop").then(({ profile }) => {
        writeFileSync(join(directory, `${part}-${threadId}.json`), JSON.stringify(profile));
      });
    }
  }, lookEveryMs);
  look.unref();
}
