import type { DecisionRecord } from "@portcullis/guard/decision-record";

/** The last records, for a person who asks "what happened to my request just now". Bounded; the log holds the rest. */
export class RecentRecords {
  readonly #most: number;
  readonly #ring: DecisionRecord[] = [];
  #next = 0;

  constructor(most: number) {
    this.#most = most;
  }

  add(record: DecisionRecord): void {
    this.#ring[this.#next] = record;
    this.#next = (this.#next + 1) % this.#most;
  }

  /** Newest first. */
  find(filter: { readonly traceId?: string; readonly operation?: string; readonly code?: string }, most: number): DecisionRecord[] {
    const found: DecisionRecord[] = [];
    for (let back = 1; back <= this.#ring.length && found.length < most; back += 1) {
      const record = this.#ring[(this.#next - back + this.#ring.length * 2) % this.#ring.length];
      if (record === undefined) continue;
      if (filter.traceId !== undefined && record.traceId !== filter.traceId) continue;
      if (filter.operation !== undefined && record.operation !== filter.operation) continue;
      if (filter.code !== undefined && !record.decisions.some((decision) => decision.code === filter.code)) continue;
      found.push(record);
    }
    return found;
  }
}
