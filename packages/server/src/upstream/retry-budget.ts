/** Of how many requests one may be sent again. More would make a storm of a backend's bad minute. */
const share = 0.2;
/** What a quiet gate may send again at once. */
const mostSaved = 20;

/** How much may be sent again: a share of what is sent, in all and not by request. */
export class RetryBudget {
  #saved = mostSaved / 2;

  /** A request is sent for the first time. */
  earn(): void {
    if (this.#saved < mostSaved) this.#saved += share;
  }

  /** True where one may be sent again. */
  spend(): boolean {
    if (this.#saved < 1) return false;
    this.#saved -= 1;
    return true;
  }
}
