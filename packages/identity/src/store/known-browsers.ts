/** A browser in which an account was signed in, as its owner sees it. */
export interface KnownBrowserRecord {
  readonly accountId: string;
  /** The hash of the name that the browser's cookie gives it. */
  readonly id: string;
  /** The account's, at the last sign-in in it: another epoch does not know the browser. */
  readonly epoch: number;
  /** Browser and system, as it said of itself. */
  readonly label: string;
  readonly network: string;
  readonly firstSeenAtMs: number;
  readonly lastSeenAtMs: number;
}

export interface KnownBrowserTable {
  /**
   * The browser goes by another name from now on, for every account that it is known to: a name
   * that somebody has put into another person's browser is worth nothing after the next sign-in.
   */
  rename(id: string, newId: string): Promise<void>;
  /** A sign-in in this browser; where it is known already, its first moment stays. */
  noteSignIn(browser: Omit<KnownBrowserRecord, "firstSeenAtMs">): Promise<void>;
  /** Of the account's present epoch, and seen since. */
  isKnown(accountId: string, id: string, seenSinceMs: number): Promise<boolean>;
  /** The same, the one seen last first. */
  of(accountId: string, seenSinceMs: number): Promise<readonly KnownBrowserRecord[]>;
  /** The browser in which its owner has ended everything else stays known. */
  keep(accountId: string, id: string, epoch: number): Promise<void>;
  /** @returns false when there was none */
  remove(accountId: string, id: string): Promise<boolean>;
  removeBefore(seenBeforeMs: number): Promise<void>;
}
