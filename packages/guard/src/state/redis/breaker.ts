/**
 * Whether one server of Redis may be asked. It begins open, which means that nobody asks: the server
 * has not answered yet.
 */
export class Breaker {
  #openSince: number | undefined = performance.now();
  /** One question at a time finds out whether the server is back. */
  isProbing = false;

  get isOpen(): boolean {
    return this.#openSince !== undefined;
  }

  /** How long it is open; 0 while it is closed. */
  get openMs(): number {
    return this.#openSince === undefined ? 0 : performance.now() - this.#openSince;
  }

  open(): void {
    this.#openSince ??= performance.now();
  }

  close(): void {
    this.#openSince = undefined;
  }
}
