/** A store that was brought back from a copy. */
export interface RestorationRecord {
  /** The moment that the copy is of: what was done later is lost. */
  readonly copyOfMs: number;
  readonly saidAtMs: number;
}

export interface RestorationTable {
  put(restoration: RestorationRecord): Promise<void>;
  /** The one that was said last. */
  latest(): Promise<RestorationRecord | undefined>;
}
