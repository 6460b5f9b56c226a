/** How many of something each caller has. */
export class CallerCounts {
  readonly #counts = new Map<string, number>();

  /** How many callers have any. */
  get size(): number {
    return this.#counts.size;
  }

  readonly of = (caller: string): number => this.#counts.get(caller) ?? 0;

  up(caller: string): void {
    this.#counts.set(caller, this.of(caller) + 1);
  }

  down(caller: string): void {
    const left = this.of(caller) - 1;
    if (left > 0) this.#counts.set(caller, left);
    else this.#counts.delete(caller);
  }
}
