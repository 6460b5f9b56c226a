import type { Taken } from "../../state/state.ts";

/** A part of a limit; what is less makes no difference to the next request. */
const part = 1 / 64;
const leastStep = 262_144;

/** What one request takes of a limit of bytes, as they pass. */
export class ByteMeter {
  readonly #taken: Taken;
  readonly #index: number;
  readonly #held: number;
  readonly #step: number;
  #next: number;

  /** @param held what was taken of it ahead: the length of the body, where that was said */
  constructor(
    taken: Taken,
    index: number,
    { held, most }: { readonly held: number; readonly most: number },
  ) {
    this.#taken = taken;
    this.#index = index;
    this.#held = held;
    this.#step = Math.max(leastStep, Math.floor(most * part));
    this.#next = this.#step;
  }

  /** So many have passed until now, besides what was held. */
  passed(bytes: number): void {
    if (bytes < this.#next) return;
    this.#next = bytes + this.#step;
    this.#taken.settle(this.#index, this.#held + bytes);
  }

  end(bytes: number): void {
    this.#taken.settle(this.#index, bytes);
  }
}
