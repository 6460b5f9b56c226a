import type { Revocation } from "@portcullis/guard/tokens";
import type { RevocationTable } from "../store/revocations.ts";

const pollEveryMs = 150;
/** A transaction that took a lower position may be committed later: so many rows are read again. */
const overlap = 100;
const silentForMs = 10_000;

export interface RevocationFeed {
  /** What is revoked just now, for a gate thread that begins. */
  current(): readonly Revocation[];
  /** Reads the table now, and not at the next poll. */
  look(): Promise<void>;
  close(): void;
}

/**
 * Follows the table of revocations, whoever writes to it: this process, another node, or a command
 * on this machine.
 */
export function followRevocations(
  table: RevocationTable,
  now: () => number,
  onRevocations: (revocations: readonly Revocation[]) => void,
  onTrouble: (message: string) => void,
): RevocationFeed {
  const seen = new Map<number, Revocation>();
  let newest = 0;
  let looking: Promise<void> | undefined;
  let troubledSince: number | undefined;
  let told = false;

  const read = async (): Promise<void> => {
    const fresh: Revocation[] = [];
    for (const row of await table.after(newest - overlap, now())) {
      newest = Math.max(newest, row.position);
      if (seen.has(row.position)) continue;
      const revocation: Revocation = {
        kind: row.kind,
        value: row.value,
        beforeSeconds: row.beforeSeconds,
        leastVersion: row.leastVersion,
        expiresAtSeconds: Math.ceil(row.expiresAtMs / 1000),
      };
      seen.set(row.position, revocation);
      fresh.push(revocation);
    }
    if (fresh.length > 0) onRevocations(fresh);
  };
  const look = (): Promise<void> =>
    (looking ??= read()
      .then(
        () => {
          troubledSince = undefined;
          told = false;
        },
        (fault: unknown) => {
          troubledSince ??= Date.now();
          if (told || Date.now() - troubledSince < silentForMs) return;
          told = true;
          onTrouble(
            `the store cannot be read, so revocations of the last ${silentForMs / 1000} seconds ` +
              `are not known here: ${(fault as Error).message}`,
          );
        },
      )
      .finally(() => {
        looking = undefined;
      }));
  const timer = setInterval(() => void look(), pollEveryMs);
  const sweeper = setInterval(() => {
    const seconds = now() / 1000;
    for (const [position, { expiresAtSeconds }] of seen)
      if (expiresAtSeconds < seconds && position < newest - overlap) seen.delete(position);
  }, 60_000);
  timer.unref();
  sweeper.unref();
  return {
    current: () => [...seen.values()],
    look,
    close() {
      clearInterval(timer);
      clearInterval(sweeper);
    },
  };
}
