/** How often something was tried or asked for, by a name of who and what. */
export interface CounterTable {
  /**
   * Takes one of at most `limit`, of which one more comes back each `everyMs`: in one conditional
   * statement, so that no two callers take the same one.
   *
   * @returns 0 when it was taken; otherwise how long to wait in milliseconds, and nothing is counted
   */
  take(key: string, limit: number, everyMs: number, nowMs: number): Promise<number>;
  /** Gives back one that was taken. */
  giveBack(key: string, everyMs: number): Promise<void>;
  forget(key: string): Promise<void>;
  /**
   * Removes counters of which everything has come back, which say no more than none.
   *
   * @returns how many, at most `most`
   */
  removeUnused(nowMs: number, most: number): Promise<number>;
}
