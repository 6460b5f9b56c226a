import type { DecidedRow, Reach } from "./forecast.ts";

/** Counts requests and people. */
export class ReachCounter {
  readonly #people = new Set<string>();
  readonly #boundPeople = new Set<string>();
  #requests = 0;
  #boundRequests = 0;
  #mended = 0;
  #already = 0;

  /** @param share of these requests for which it would be new */
  refuse({ isBound, isRefused, person, requests }: DecidedRow, share: number): void {
    if (share <= 0) return;
    if (isRefused) {
      this.#already += requests * share;
      return;
    }
    this.#requests += requests * share;
    if (person !== "") this.#people.add(person);
    if (!isBound) return;
    this.#boundRequests += requests * share;
    if (person !== "") this.#boundPeople.add(person);
  }

  mend({ requests }: DecidedRow, share: number): void {
    this.#mended += requests * share;
  }

  get reach(): Reach {
    return {
      requests: whole(this.#requests),
      people: this.#people.size,
      boundRequests: whole(this.#boundRequests),
      boundPeople: this.#boundPeople.size,
      mended: whole(this.#mended),
      already: whole(this.#already),
    };
  }
}

/** A guessed part of one request is told as one: nothing that harms is told as nothing. */
const whole = (count: number): number => (count > 0 && count < 1 ? 1 : Math.round(count));
