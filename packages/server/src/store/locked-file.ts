import { setTimeout } from "node:timers/promises";

/** How long a statement waits for another process (the command line, say) that writes. */
const mostWaitMs = 5000;
const againMs = 20;
/** SQLITE_BUSY, and its kinds in the bits above. */
const busy = 5;

/**
 * Does something as soon as no other process writes. The thread serves others meanwhile, such as who
 * asks whether it is alive.
 */
export async function whileLocked<T>(work: () => T | Promise<T>): Promise<T> {
  const until = performance.now() + mostWaitMs;
  for (;;)
    try {
      return await work();
    } catch (fault) {
      const { errcode = 0 } = fault as { readonly errcode?: number };
      if ((errcode & 0xff) !== busy || performance.now() >= until) throw fault;
      await setTimeout(againMs);
    }
}
