/** A code that was sent to somebody, or a challenge that a device is to answer. */
export interface OneTimeCodeRecord {
  /** A hash of the purpose and of the attempt it is bound to. */
  readonly id: string;
  readonly purpose: string;
  /** Whom or what it was made for. */
  readonly about: string;
  readonly sealed: Uint8Array;
  readonly expiresAtMs: number;
}

export interface OneTimeCodeTable {
  /** In place of the one of this id; its tries begin again. */
  put(code: OneTimeCodeRecord): Promise<void>;
  /**
   * Counts a try in one statement, before it is judged. @returns undefined when there is none, it
   * is too late, or it was tried `mostAttempts` times
   */
  countAttempt(
    id: string,
    mostAttempts: number,
    nowMs: number,
  ): Promise<OneTimeCodeRecord | undefined>;
  /** @returns false when somebody else took it first */
  remove(id: string): Promise<boolean>;
  /** Removes it in one statement. @returns what it was made about; undefined when it is too late */
  take(id: string, nowMs: number): Promise<string | undefined>;
  /** @returns how many, at most `most` */
  removeExpired(beforeMs: number, most: number): Promise<number>;
}
