import type { DecisionRecord } from "@portcullis/guard/records";

export interface RecordFilter {
  readonly traceId?: string;
  readonly operation?: string;
  readonly code?: string;
  /** Keyed hashes: of refusals about this object, and of those whose owner was found to be this. */
  readonly object?: string;
  readonly owner?: string;
}

/**
 * The last records, for a person who asks "what happened to my request just now". Kept as the lines
 * they are, and read when somebody asks.
 */
export class RecentRecords {
  readonly #most: number;
  readonly #batches: { readonly lines: Uint8Array; readonly count: number }[] = [];
  #held = 0;

  constructor(most: number) {
    this.#most = most;
  }

  add(lines: Uint8Array, count: number): void {
    this.#batches.push({ lines, count });
    this.#held += count;
    while (this.#batches.length > 1 && this.#held - (this.#batches[0]?.count ?? 0) >= this.#most)
      this.#held -= this.#batches.shift()?.count ?? 0;
  }

  /** Newest first. */
  find(filter: RecordFilter, most: number): DecisionRecord[] {
    const found: DecisionRecord[] = [];
    for (let batch = this.#batches.length - 1; batch >= 0; batch -= 1) {
      const lines = Buffer.from(this.#batches[batch]?.lines ?? [])
        .toString()
        .trimEnd()
        .split("\n");
      for (let index = lines.length - 1; index >= 0; index -= 1) {
        if (found.length >= most) return found;
        const record = JSON.parse(lines[index] as string) as DecisionRecord;
        if (fits(record, filter)) found.push(record);
      }
    }
    return found;
  }
}

export function fits(
  record: DecisionRecord,
  { code, object, operation, owner, traceId }: RecordFilter,
): boolean {
  const { decisions } = record;
  return (
    (traceId === undefined || record.traceId === traceId) &&
    (operation === undefined || record.operation === operation) &&
    (code === undefined || decisions.some((decision) => decision.code === code)) &&
    (object === undefined || decisions.some(({ objects }) => objects?.includes(object))) &&
    (owner === undefined || decisions.some(({ owners }) => owners?.includes(owner)))
  );
}
