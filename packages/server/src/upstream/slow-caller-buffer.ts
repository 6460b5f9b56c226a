import type { ByteBudget } from "@portcullis/guard/state";

/** What is kept of one answer for a caller who reads slowly. */
const mostOfOne = 1_048_576;

interface Kept {
  readonly chunk: Buffer;
  /** Of the budget that all who hold something share. */
  readonly pieces: number;
}

/**
 * Keeps what has come of an answer while its caller does not read. A backend's connection that waits
 * for a slow phone serves nobody else; four such phones could hold all of them.
 */
export class SlowCallerBuffer {
  readonly #budget: ByteBudget;
  readonly #isStranger: boolean;
  readonly #kept: Kept[] = [];
  /** The first that has not been taken: taking the first away would move all others. */
  #first = 0;
  #bytes = 0;

  constructor(budget: ByteBudget, isStranger: boolean) {
    this.#budget = budget;
    this.#isStranger = isStranger;
  }

  get isEmpty(): boolean {
    return this.#kept.length === 0;
  }

  /** What has come is kept in any case. @returns whether more may come */
  keep(chunk: Buffer): boolean {
    const pieces = this.#budget.take(chunk.length, this.#isStranger);
    this.#kept.push({ chunk, pieces });
    this.#bytes += chunk.length;
    return this.#bytes < mostOfOne && pieces > 0;
  }

  take(): Buffer | undefined {
    const kept = this.#kept[this.#first];
    if (kept === undefined) return undefined;
    this.#first += 1;
    this.#bytes -= kept.chunk.length;
    this.#budget.give(kept.pieces, this.#isStranger);
    if (this.#first === this.#kept.length) this.#forget();
    return kept.chunk;
  }

  clear(): void {
    for (const { pieces } of this.#kept.slice(this.#first))
      this.#budget.give(pieces, this.#isStranger);
    this.#forget();
  }

  #forget(): void {
    this.#bytes = 0;
    this.#kept.length = 0;
    this.#first = 0;
  }
}
