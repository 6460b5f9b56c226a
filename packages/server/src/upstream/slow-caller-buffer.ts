/** What is kept of one answer for a caller who reads slowly. */
const mostOfOne = 1_048_576;
/** What is kept of all answers of a thread. */
const mostOfAll = 67_108_864;

let keptOfAll = 0;

/**
 * Keeps what has come of an answer while its caller does not read. A backend's connection that waits
 * for a slow phone serves nobody else; four such phones could hold all of them.
 */
export class SlowCallerBuffer {
  readonly #chunks: Buffer[] = [];
  #bytes = 0;

  get isEmpty(): boolean {
    return this.#chunks.length === 0;
  }

  /** @returns whether more may come */
  keep(chunk: Buffer): boolean {
    this.#chunks.push(chunk);
    this.#bytes += chunk.length;
    keptOfAll += chunk.length;
    return this.#bytes < mostOfOne && keptOfAll < mostOfAll;
  }

  take(): Buffer | undefined {
    const chunk = this.#chunks.shift();
    if (chunk !== undefined) {
      this.#bytes -= chunk.length;
      keptOfAll -= chunk.length;
    }
    return chunk;
  }

  clear(): void {
    keptOfAll -= this.#bytes;
    this.#bytes = 0;
    this.#chunks.length = 0;
  }
}
