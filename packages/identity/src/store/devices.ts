/**
 * A key that an account has signed in with: another key is another device. What it was trusted with ends
 * with the account's epoch.
 */
export interface DeviceRecord {
  readonly id: string;
  readonly label: string;
  readonly firstSeenAtMs: number;
  readonly lastSeenAtMs: number;
  /** Two proofs were once given on it. */
  readonly isTrusted: boolean;
}

export interface DeviceTable {
  /** A sign-in on this device. One that was removed is there again; trust is kept or gained. */
  noteSignIn(device: {
    readonly accountId: string;
    readonly id: string;
    readonly clientId: string;
    readonly isTrusted: boolean;
    /** The account's, under which the sign-in began. */
    readonly epoch: number;
    readonly atMs: number;
  }): Promise<void>;
  /** Those that were not removed, the one seen last first. */
  of(accountId: string): Promise<readonly DeviceRecord[]>;
  /** A sign-in of the account's present epoch. */
  isKnown(accountId: string, id: string): Promise<boolean>;
  isTrusted(accountId: string, id: string): Promise<boolean>;
  /** Those that were seen last before this moment. @returns how many, at most `most` */
  removeUnseen(beforeMs: number, most: number): Promise<number>;
  /** @returns false when there is none, or it was removed before */
  remove(accountId: string, id: string, atMs: number): Promise<boolean>;
}
