import { setTimeout as wait } from "node:timers/promises";
import { extendChain, mostAtOnce } from "../store/audit-chain/extend-chain.ts";
import type { Kept } from "./administrations.ts";

const everyMs = 1000;

/** Extends the audit's chain once a second while the program serves, and a last time at its end. */
export function keepAuditChained(
  { sealing, store }: Kept,
  say: (message: string) => void,
): { close(): Promise<void> } | undefined {
  if (store === undefined || sealing === undefined) return undefined;
  const leaving = new AbortController();
  let said: string | undefined;
  const extend = async (): Promise<void> => {
    try {
      while ((await extendChain(store, sealing)) === mostAtOnce);
      said = undefined;
    } catch (fault) {
      // A lost store is told of by itself. What is said here once is what lasts.
      const { message } = fault as Error;
      if (store.lost === undefined && message !== said)
        say(`the audit's chain cannot be extended: ${message}`);
      said = message;
    }
  };
  const running = (async () => {
    while (!leaving.signal.aborted) {
      await extend();
      await wait(everyMs, undefined, { signal: leaving.signal, ref: false }).catch(() => undefined);
    }
  })();
  return {
    async close() {
      leaving.abort();
      await running;
      await extend();
    },
  };
}
