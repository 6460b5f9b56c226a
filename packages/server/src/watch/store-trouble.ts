import { StoreLost } from "@portcullis/identity/store-lost";

/**
 * Says once what keeps something out of the store, until it is kept again. That the store itself is
 * lost is told by whoever watches it, and not by each of those who use it.
 */
export class StoreTrouble {
  readonly #what: string;
  readonly #say: (message: string) => void;
  #isKnown = false;

  /** @param what is kept there, as `releases` */
  constructor(what: string, say: (message: string) => void) {
    this.#what = what;
    this.#say = say;
  }

  note(fault: unknown): void {
    if (!this.#isKnown && !(fault instanceof StoreLost))
      this.#say(`${this.#what} cannot be kept: ${(fault as Error).message}`);
    this.#isKnown = true;
  }

  over(): void {
    this.#isKnown = false;
  }
}
