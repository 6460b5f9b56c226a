export type FactorKind = "totp" | "passkey" | "recovery" | "phone";

/** What somebody proves themselves with beside a password. */
export interface FactorRecord {
  readonly id: string;
  readonly accountId: string;
  readonly kind: FactorKind;
  readonly label: string;
  readonly sealed: Uint8Array;
  /** The last step of a TOTP that was used, or a passkey's own count of its uses. */
  readonly counter: number;
  readonly createdAtMs: number;
}

export interface FactorTable {
  /** Without their secrets, the oldest first. */
  of(accountId: string): Promise<readonly Omit<FactorRecord, "sealed" | "counter">[]>;
  totpOf(accountId: string): Promise<readonly FactorRecord[]>;
  find(id: string, kind: FactorKind): Promise<FactorRecord | undefined>;
  add(factor: FactorRecord): Promise<void>;
  /** In place of the one of this id, if there is one. */
  put(factor: FactorRecord): Promise<void>;
  /** @returns false when this step or a later one was used before: each code counts once */
  spendStep(id: string, step: number, atMs: number): Promise<boolean>;
  /**
   * @returns false when the counter does not rise: a copy of the passkey was used too. Zero stays
   * zero, for synced passkeys, which do not count
   */
  raiseCounter(id: string, counter: number, atMs: number): Promise<boolean>;
  /** @returns false when there is none such */
  remove(accountId: string, id: string): Promise<boolean>;
  /** @returns false when it was spent before, or is none of theirs */
  spendRecoveryCode(accountId: string, id: string): Promise<boolean>;
  removeRecoveryCodes(accountId: string): Promise<void>;
}
