import { Worker } from "node:worker_threads";
import type { PolicySources } from "@portcullis/guard/policy";
import type { PlanBytes } from "./plan-bytes.ts";
import type { Planned } from "./planned.ts";

export interface ReadingTask {
  readonly sources: PolicySources;
  /** Where the built-in issuer is reached. */
  readonly issuerTarget: string;
  /** Nothing is served of a document with a line that is not understood. */
  readonly strict: boolean;
  /** The plan that serves; undefined at the start. */
  readonly before: PlanBytes | undefined;
}

/** A policy that is a program may never come to its end. */
const mostMs = 120_000;

/**
 * Reads policy and documents on a thread that is there for this once: who signs in, or asks whether
 * all is well, does not wait for it, and its memory ends with it. What comes back is small, or in
 * memory that is shared.
 *
 * @throws Error in words for a person, where the thread has ended without a result
 */
export function readOnThread(task: ReadingTask): Promise<Planned> {
  const { environment, ...sources } = task.sources;
  const worker = new Worker(
    new URL(
      import.meta.url.endsWith(".ts") ? "./reading-thread.ts" : "./reading-thread.js",
      import.meta.url,
    ),
    // The environment of the process is no plain object, and would not travel.
    { workerData: { ...task, sources: { ...sources, environment: { ...environment } } } },
  );
  return new Promise<Planned>((resolve, reject) => {
    const late = setTimeout(() => {
      reject(new Error(`the policy was not read within ${mostMs / 1000} seconds`));
      void worker.terminate();
    }, mostMs);
    worker.once("message", (planned: Planned) => {
      resolve(planned);
      // A policy that is a program may have left something behind that would keep the thread.
      void worker.terminate();
    });
    worker.once("error", (fault) =>
      reject(new Error(`the policy could not be read: ${(fault as Error).message}`)),
    );
    worker.once("exit", () => {
      clearTimeout(late);
      reject(new Error("the policy could not be read: the thread that reads it has ended"));
    });
  });
}
