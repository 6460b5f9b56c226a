/** Ends are counted together for this long. */
const withinMs = 60_000;
/** So many of them are no accident. */
const tooMany = 3;
const firstDelayMs = 500;
const mostDelayMs = 30_000;

/**
 * Ends of gate threads that nobody has asked for. A thread that ended has another one in its place
 * at once; where threads go on ending, each next one waits longer than the one before it.
 */
export class ThreadEnds {
  #atMs: readonly number[] = [];
  #count = 0;

  get count(): number {
    return this.#count;
  }

  /**
   * Every thread ends once, so that each end is another thread's.
   *
   * @returns how long to wait with the next thread, and whether this was the third end in a minute
   */
  note(nowMs: number): { readonly delayMs: number; readonly isTooMany: boolean } {
    this.#count += 1;
    this.#atMs = [...this.#atMs.filter((at) => nowMs - at < withinMs), nowMs];
    const { length } = this.#atMs;
    return {
      delayMs: length === 1 ? 0 : Math.min(firstDelayMs * 2 ** (length - 2), mostDelayMs),
      isTooMany: length === tooMany,
    };
  }

  /** What has been undone is not held against what serves instead. */
  beginAnew(): void {
    this.#atMs = [];
  }
}
