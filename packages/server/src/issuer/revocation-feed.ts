import type { Revocation } from "@portcullis/guard/credentials/revocation";
import type { Database } from "../store/open-store.ts";

const pollEveryMs = 150;
/** Transactions that began earlier may become visible later: so many rows back are read again. */
const overlap = 100;
const silentForMs = 10_000;

export interface RevocationFeed {
  /** What still matters, for a gate thread that begins. */
  current(): readonly Revocation[];
  /** Looks now, rather than in a moment. */
  look(): Promise<void>;
  close(): void;
}

/** Follows the table of revocations, whoever writes to it: this process, another node, or a command on this machine. */
export function followRevocations(db: Database, now: () => number, onRevocations: (revocations: readonly Revocation[]) => void, onTrouble: (message: string) => void): RevocationFeed {
  const seen = new Map<number, Revocation>();
  let newest = 0;
  let looking: Promise<void> | undefined;
  let troubledSince: number | undefined;
  let told = false;

  const read = async (): Promise<void> => {
    const rows = await db.selectFrom("revocations").selectAll().where("position", ">", newest - overlap).where("expires_at", ">", now()).execute();
    const fresh: Revocation[] = [];
    for (const row of rows) {
      newest = Math.max(newest, row.position);
      if (seen.has(row.position)) continue;
      const revocation: Revocation = { kind: row.kind as Revocation["kind"], value: row.value, beforeSeconds: row.before_seconds ?? undefined, leastVersion: row.least_version ?? undefined, expiresAtSeconds: Math.ceil(row.expires_at / 1000) };
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
          onTrouble(`the store cannot be read, so revocations of the last ${silentForMs / 1000} seconds are not known here: ${(fault as Error).message}`);
        },
      )
      .finally(() => {
        looking = undefined;
      }));
  const timer = setInterval(() => void look(), pollEveryMs);
  const sweeper = setInterval(() => {
    const seconds = now() / 1000;
    for (const [position, { expiresAtSeconds }] of seen) if (expiresAtSeconds < seconds && position < newest - overlap) seen.delete(position);
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
