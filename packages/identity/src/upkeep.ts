import { StoreLost } from "./store/store-lost.ts";

/** Work that is done again and again, beside what serves. */
export interface Chore {
  readonly everyMs: number;
  readonly work: () => Promise<unknown>;
}

/**
 * Does each chore at its times, and never twice at once; a chore that fails is said and done again
 * at its next time. Keeps no process alive.
 *
 * @returns what ends it
 */
export function keepUp(chores: readonly Chore[], onTrouble: (message: string) => void): () => void {
  const timers = chores.map(({ everyMs, work }) => setInterval(quietly(work, onTrouble), everyMs));
  for (const timer of timers) timer.unref();
  return () => {
    for (const timer of timers) clearInterval(timer);
  };
}

function quietly(work: () => Promise<unknown>, onTrouble: (message: string) => void): () => void {
  let busy = false;
  return () => {
    if (busy) return;
    busy = true;
    work()
      .catch((fault: unknown) => {
        // That the store is lost is told once, by whoever watches it.
        if (!(fault instanceof StoreLost)) onTrouble(`identity: ${(fault as Error).message}`);
      })
      .finally(() => {
        busy = false;
      });
  };
}
