/** A person who can sign in, as the store keeps them. Moments are milliseconds since 1970. */
export interface AccountRecord {
  readonly id: string;
  /** In the one spelling that `readEmail` gives. */
  readonly email: string | undefined;
  readonly emailVerifiedAtMs: number | undefined;
  /** Hashed, in the PHC string form. */
  readonly passwordHash: string | undefined;
  readonly roles: readonly string[];
  readonly tier: string | undefined;
  /** Raised by whatever must be in the next token: tokens of an older one are refused. */
  readonly version: number;
  /**
   * Raised by whatever ends all that was begun for the account: what carries an older one is over.
   */
  readonly epoch: number;
  readonly createdAtMs: number;
  readonly disabledAtMs: number | undefined;
}

/** What a change of an account sets; what is absent stays. */
export interface AccountChange {
  readonly roles?: readonly string[];
  /** `null` takes the tier away. */
  readonly tier?: string | null;
  /** `null` enables the account again. */
  readonly disabledAtMs?: number | null;
}

/** What an account has come to, after its epoch was raised. */
export type RaisedAccount = Pick<AccountRecord, "epoch" | "version">;

export interface AccountTable {
  /** @returns false when the id or the address is taken; nothing is written then */
  add(account: AccountRecord): Promise<boolean>;
  byId(id: string): Promise<AccountRecord | undefined>;
  byEmail(email: string): Promise<AccountRecord | undefined>;
  /** By id, at most `most`, those behind `afterId`. */
  list(most: number, afterId: string): Promise<readonly AccountRecord[]>;
  /** @param passwordHash `null`: nobody can sign in with a password until a new one is chosen */
  setPasswordHash(id: string, passwordHash: string | null): Promise<void>;
  /** Epoch and version rise in one statement. @returns both; undefined: there is no such account */
  raiseEpoch(id: string): Promise<RaisedAccount | undefined>;
  /** The same, to this epoch. @returns undefined where the account has it already, or is gone */
  raiseEpochTo(id: string, epoch: number): Promise<RaisedAccount | undefined>;
  /** Of every account, in one statement. */
  raiseEveryEpoch(): Promise<void>;
  /**
   * The same password in another form. Does nothing when the password was changed meanwhile.
   */
  renewPasswordHash(id: string, before: string, after: string): Promise<void>;
  /**
   * Sets a verified address and raises the version in one statement. @returns whether there is such
   * an account. @throws when somebody else has the address: it is unique in the table
   */
  changeEmail(id: string, email: string, verifiedAtMs: number): Promise<boolean>;
  /** Raises the version with the change, in one statement. @returns the new version */
  change(id: string, change: AccountChange): Promise<number | undefined>;
  /** Factors, devices and linked identities go with it. @returns whether there was one */
  remove(id: string): Promise<boolean>;
}
