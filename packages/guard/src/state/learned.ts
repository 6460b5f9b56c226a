/** What is kept of one credential that a sign-in has given out. None of it says whose it is. */
export interface LearnedEntry {
  /** Whose it is, as a keyed hash: another's is never written over it. 16 bytes. */
  readonly owner: Uint8Array;
  /** The caller, sealed under the credential itself: only who presents it can open it. */
  readonly sealed: Uint8Array;
  readonly expiresAtSeconds: number;
}

/** Where it is kept who has signed in with which credential. Names are keyed hashes, base64url. */
export interface LearnedState {
  /** How long what it says may be relied on: others may change it meanwhile. */
  readonly trustMs: number;
  /** Undefined where nothing is known; rejects where that cannot be told just now. */
  get(name: string): LearnedEntry | undefined | Promise<LearnedEntry | undefined>;
  /**
   * Keeps it, unless the name is somebody else's: then neither has it any more.
   *
   * @returns false where it was somebody else's; a shared state may say so later, by `onTaken`
   */
  put(name: string, entry: LearnedEntry, onTaken: () => void): boolean;
  remove(name: string): void;
}
