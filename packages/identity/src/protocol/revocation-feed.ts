import { StoreLost } from "../store/store-lost.ts";
import type { Revocation } from "@portcullis/guard/tokens";
import type { RevocationTable } from "../store/revocations.ts";

const pollEveryMs = 150;
/** A transaction that took a lower position may be committed later: so many rows are read again. */
const overlap = 100;
/** Later than this, the store counts as lost; the answer counts whenever it comes. */
const patienceMs = 2000;
/** Reads that hang each hold a connection; a new one may have a sound connection. */
const mostHanging = 3;
/** So often another is begun all the same: those that hang may do so for a quarter of an hour. */
const evenSoMs = 30_000;

export interface RevocationFeed {
  /** What is revoked just now, for a gate thread that begins. */
  current(): readonly Revocation[];
  /** Reads the table now, and not at the next poll. */
  look(): Promise<void>;
  close(): void;
}

export interface RevocationFollower {
  readonly now: () => number;
  readonly onRevocations: (revocations: readonly Revocation[]) => void;
  /** The table was read, and was asked so long ago. */
  readonly onLook: (agoMs: number) => void;
  /** Why the table cannot be read. */
  readonly onLost: (why: string) => void;
}

/**
 * Follows the table of revocations, whoever writes to it: this process, another node, or a command
 * on this machine.
 */
export function followRevocations(
  table: RevocationTable,
  { now, onLook, onLost, onRevocations }: RevocationFollower,
): RevocationFeed {
  const seen = new Map<number, Revocation>();
  let newest = 0;
  let looking: Promise<void> | undefined;
  let hanging = 0;
  let begunAt = performance.now();

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
  /** Ends when the table was read, or when its answer is late: then the next poll asks again. */
  const attempt = (): Promise<void> =>
    new Promise((resolve) => {
      const askedAt = (begunAt = performance.now());
      const late = setTimeout(() => {
        onLost(`no answer within ${patienceMs} ms`);
        resolve();
      }, patienceMs);
      hanging += 1;
      read()
        .then(
          () => onLook(performance.now() - askedAt),
          (fault: unknown) =>
            onLost(fault instanceof StoreLost ? fault.why : (fault as Error).message),
        )
        .finally(() => {
          hanging -= 1;
          clearTimeout(late);
          resolve();
        });
    });
  const look = (): Promise<void> =>
    (looking ??= attempt().finally(() => {
      looking = undefined;
    }));
  const poll = (): void => {
    if (hanging < mostHanging || performance.now() - begunAt > evenSoMs) void look();
  };
  const timer = setInterval(poll, pollEveryMs);
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
