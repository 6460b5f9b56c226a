const windowMs = 60_000;
const mostActors = 10_000;

/**
 * How often somebody has lately asked to act for whom nobody may: whoever may act could otherwise
 * find out by trying who is a customer, and keep backend and store busy with it.
 */
export class Guesses {
  readonly #most: number;
  readonly #counts = new Map<string, number>();
  #window = 0;

  /** @param most for each actor within a minute */
  constructor(most: number) {
    this.#most = most;
  }

  areTooMany(actor: string, nowMs: number): boolean {
    this.#look(nowMs);
    return (this.#counts.get(actor) ?? 0) >= this.#most;
  }

  note(actor: string, nowMs: number): void {
    this.#look(nowMs);
    if (this.#counts.size < mostActors) this.#counts.set(actor, (this.#counts.get(actor) ?? 0) + 1);
  }

  #look(nowMs: number): void {
    const window = Math.floor(nowMs / windowMs);
    if (window === this.#window) return;
    this.#window = window;
    this.#counts.clear();
  }
}
