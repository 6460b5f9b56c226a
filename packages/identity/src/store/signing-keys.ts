/** A key that signs tokens. */
export interface SigningKeyRecord {
  readonly kid: string;
  readonly algorithm: string;
  /** As JSON. */
  readonly publicJwk: string;
  /** The whole key. */
  readonly sealed: Uint8Array;
  readonly createdAtMs: number;
  readonly signsFromMs: number;
  readonly retiredAtMs: number | undefined;
  /** From here on, nothing that it signed is believed. */
  readonly goneAtMs: number | undefined;
}

export interface SigningKeyTable {
  add(key: Omit<SigningKeyRecord, "retiredAtMs" | "goneAtMs">): Promise<void>;
  /** The newest first. */
  all(): Promise<readonly SigningKeyRecord[]>;
  /** Those whose tokens are believed. */
  believed(nowMs: number): Promise<readonly SigningKeyRecord[]>;
  /** Conditional, in one statement. @returns false when there is none, or it is gone */
  retire(kid: string, atMs: number, goneAtMs: number): Promise<boolean>;
}
