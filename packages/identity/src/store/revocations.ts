import type { Revocation } from "@portcullis/guard/tokens";

/** Tokens that are not believed any longer. */
export interface RevocationRecord {
  readonly kind: Revocation["kind"];
  readonly value: string;
  readonly leastVersion: number | undefined;
  readonly beforeSeconds: number | undefined;
  readonly expiresAtMs: number;
}

export interface RevocationTable {
  /**
   * In place of the one of this kind and value, but at a new position: nodes that have seen the
   * older one must see this.
   */
  put(revocation: RevocationRecord, recordedAtMs: number): Promise<void>;
  find(kind: Revocation["kind"], value: string): Promise<RevocationRecord | undefined>;
  /** Positions grow with every row. Only what has not expired. */
  after(
    position: number,
    nowMs: number,
  ): Promise<readonly (RevocationRecord & { readonly position: number })[]>;
  /** @returns how many, at most `most` */
  removeExpired(beforeMs: number, most: number): Promise<number>;
}
