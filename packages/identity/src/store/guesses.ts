/** Tries against one account, device or network. */
export interface GuessRecord {
  readonly failures: number;
  readonly lastAtMs: number;
}

export interface GuessTable {
  find(key: string): Promise<GuessRecord | undefined>;
  /** Adds one in one statement; begins at one where the last is older than `forgottenBeforeMs`. */
  count(key: string, atMs: number, forgottenBeforeMs: number): Promise<void>;
  /** Takes one back. */
  takeBack(key: string): Promise<void>;
  forget(key: string): Promise<void>;
  removeBefore(lastAtMs: number): Promise<void>;
}
