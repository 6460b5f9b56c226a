import { parentPort, workerData } from "node:worker_threads";
import { loadPolicy } from "./load-policy.ts";
import { plannedOf } from "./planned.ts";
import type { ReadingTask } from "./read-on-thread.ts";

/** Reads, checks and joins policy and documents, says what they make, and ends. */
const { before, issuerTarget, sources, strict } = workerData as ReadingTask;
const loaded = await loadPolicy(sources, { issuerTarget, strict, isReload: before !== undefined });
parentPort?.postMessage(plannedOf(loaded, before));
