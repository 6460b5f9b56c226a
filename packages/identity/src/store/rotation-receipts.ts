/** The answer to a refresh token or code, sealed under the very token that was presented. */
export interface ReceiptRecord {
  /** The hash of the token. */
  readonly tokenId: string;
  readonly grantRef: string;
  readonly generation: number;
  readonly sealed: Uint8Array;
  readonly writtenAtMs: number;
  readonly expiresAtMs: number;
}

export interface ReceiptTable {
  find(tokenId: string): Promise<Pick<ReceiptRecord, "sealed" | "writtenAtMs"> | undefined>;
  /** In place of an older answer to the same token. */
  put(receipt: ReceiptRecord): Promise<void>;
  removeOfGrant(grantRef: string): Promise<void>;
  removeExpired(beforeMs: number): Promise<void>;
}
