import type { Sealing } from "@portcullis/identity/store";
import type { DatabaseStore } from "../database-store.ts";
import type { ChainedRecord } from "../tables/audit.ts";
import { hashEntry } from "./hash-entry.ts";
import { type ChainHead, noHead, openHead } from "./head.ts";

export interface ChainVerdict {
  readonly intact: boolean;
  /** How many entries were looked at. */
  readonly entries: number;
  /** Entries that wait for their place, which takes about a second. */
  readonly waiting: number;
  /** The place of the first entry that is kept; those before it have gone by the policy. */
  readonly from: number;
  readonly head: ChainHead;
  /** What is wrong first, for a person; undefined where nothing is. */
  readonly fault: string | undefined;
}

const page = 1000;
const waitingAtMost = 10_000;

/** Walks the whole audit: what was changed, taken out, put in or moved since it was chained shows. */
export async function verifyChain(
  { audit, auditHead }: Pick<DatabaseStore, "audit" | "auditHead">,
  sealing: Sealing,
  { keepMs, known, nowMs }: VerifyOptions,
): Promise<ChainVerdict> {
  const row = await auditHead.read();
  const walk = new Walk(known);
  for (let after = 0; ; ) {
    const rows = await audit.chained(after, page);
    for (const entry of rows) walk.take(entry);
    const last = rows.at(-1);
    if (last === undefined) break;
    after = last.sequence;
  }
  let head = noHead;
  try {
    if (row !== undefined) head = openHead(sealing, row.sealed);
  } catch {
    walk.note("the head of the chain was changed by somebody without the key");
  }
  walk.end(head, nowMs - keepMs);
  return {
    intact: walk.fault === undefined,
    entries: walk.count,
    waiting: (await audit.unchained(waitingAtMost)).length,
    from: walk.first?.sequence ?? 0,
    head,
    fault: walk.fault,
  };
}

export interface VerifyOptions {
  /** How long entries are kept by the policy. */
  readonly keepMs: number;
  readonly nowMs: number;
  /** A head that was noted down earlier: the chain must still go through it. */
  readonly known: ChainHead | undefined;
}

/** A day: entries of several nodes are not in the order of one clock. */
const marginMs = 86_400_000;

class Walk {
  readonly #known: ChainHead | undefined;
  #before: ChainedRecord | undefined;
  #isKnownSeen = false;
  first: ChainedRecord | undefined;
  count = 0;
  fault: string | undefined;

  constructor(known: ChainHead | undefined) {
    this.#known = known;
  }

  note(fault: string): void {
    this.fault ??= fault;
  }

  take(entry: ChainedRecord): void {
    const { hash, previous, sequence } = entry;
    const before = this.#before;
    this.first ??= entry;
    this.count += 1;
    if (before !== undefined && sequence !== before.sequence + 1)
      this.note(`entries ${before.sequence + 1} to ${sequence - 1} are gone`);
    else if (before !== undefined && previous !== before.hash)
      this.note(`entry ${sequence} does not follow entry ${before.sequence}`);
    if (hashEntry(previous, sequence, entry) !== hash)
      this.note(`entry ${sequence} of ${new Date(entry.atMs).toISOString()} was changed`);
    if (sequence === this.#known?.sequence) {
      this.#isKnownSeen = true;
      if (hash !== this.#known.hash)
        this.note(`entry ${sequence} is not the one that was noted down: history was written anew`);
    }
    this.#before = entry;
  }

  /** @param keptFromMs entries since then are kept by the policy */
  end(head: ChainHead, keptFromMs: number): void {
    const last = this.#before ?? noHead;
    if (last.sequence < head.sequence)
      this.note(`entries ${last.sequence + 1} to ${head.sequence} are gone`);
    else if (last.sequence > head.sequence || last.hash !== head.hash)
      this.note(`the chain ends at entry ${last.sequence}, and its sealed head says otherwise`);
    const { first } = this;
    if (first === undefined) return this.#judgeKnown(head);
    if (first.sequence === 1 && first.previous !== "")
      this.note("entry 1 says that something was before it");
    if (first.sequence > 1 && first.atMs > keptFromMs + marginMs)
      this.note(
        `entries 1 to ${first.sequence - 1} are gone, though the policy keeps entries for longer`,
      );
    this.#judgeKnown(head);
  }

  #judgeKnown(head: ChainHead): void {
    const known = this.#known;
    if (known === undefined || this.#isKnownSeen || known.sequence === 0) return;
    if (known.sequence > head.sequence || known.sequence >= (this.first?.sequence ?? 0))
      this.note(`entry ${known.sequence}, which was noted down, is gone: the end was cut off`);
  }
}
