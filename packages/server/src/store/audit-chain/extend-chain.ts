import type { Sealing } from "@portcullis/identity/store";
import type { DatabaseStore } from "../database-store.ts";
import { hashEntry } from "./hash-entry.ts";
import { noHead, openHead, sealHead } from "./head.ts";

export const mostAtOnce = 500;

/** Another node has extended the chain meanwhile: nothing was changed, and the next try goes on. */
class Overtaken extends Error {}

/**
 * Gives entries of the audit their places in the chain. Entries are written where things happen, in
 * many transactions at once; a chain that each of them extended would make all of them wait for one
 * another. So they are chained a moment later, in one transaction for many.
 *
 * @returns how many; when it is `mostAtOnce`, there may be more
 * @throws Error when the head was changed by somebody without the key
 */
export async function extendChain(
  store: Pick<DatabaseStore, "audit" | "inTransaction">,
  sealing: Sealing,
): Promise<number> {
  if ((await store.audit.unchained(1)).length === 0) return 0;
  try {
    return await store.inTransaction(async ({ audit, auditHead }) => {
      const row = await auditHead.read();
      if (row === undefined && (await audit.chained(0, 1)).length > 0)
        throw new Error("there are entries in the chain, and its head is gone");
      const head = row === undefined ? noHead : openHead(sealing, row.sealed);
      let { hash, sequence } = head;
      const entries = await audit.unchained(mostAtOnce);
      for (const entry of entries) {
        const previous = hash;
        sequence += 1;
        hash = hashEntry(previous, sequence, entry);
        if (!(await audit.chain(entry.id, { hash, previous, sequence }))) throw new Overtaken();
      }
      const next = { hash, sequence };
      if (
        entries.length > 0 &&
        !(await auditHead.move(row?.sequence ?? 0, sequence, sealHead(sealing, next)))
      )
        throw new Overtaken();
      return entries.length;
    });
  } catch (fault) {
    // Two nodes that took the same place: the database lets one of them have it.
    if (fault instanceof Overtaken || isTaken(fault)) return 0;
    throw fault;
  }
}

const isTaken = (fault: unknown): boolean =>
  fault instanceof Error && /unique|duplicate key/i.test(fault.message);
