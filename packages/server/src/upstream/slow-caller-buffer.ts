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
  /** The first that has not been taken: taking the first away would move all others. */
  #first = 0;
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
    const chunk = this.#chunks[this.#first];
    if (chunk === undefined) return undefined;
    this.#first += 1;
    this.#bytes -= chunk.length;
    keptOfAll -= chunk.length;
    if (this.#first === this.#chunks.length) this.clear();
    return chunk;
  }

  clear(): void {
    keptOfAll -= this.#bytes;
    this.#bytes = 0;
    this.#chunks.length = 0;
    this.#first = 0;
  }
}
