import type { AnswerOutcome, Reserved } from "../../facts/reserved.ts";
import type { Taken } from "../../state/state.ts";
import type { Bounds } from "./bounds.ts";
import type { Count } from "./rules.ts";

/** What the answer must have been for a limit of each kind to keep what it took. */
const kept: Readonly<Record<Count, (outcome: AnswerOutcome) => boolean>> = {
  all: () => true,
  failures: (outcome) => outcome === undefined || outcome === "failure",
  successes: (outcome) => outcome === undefined || outcome === "success",
};

interface Part {
  readonly taken: Taken;
  readonly asked: readonly Bounds[];
}

/** What a request has taken from the buckets of its limits, until it is settled. */
export class Reservation implements Reserved {
  readonly #parts: Part[] = [];
  #isSettled = false;
  #cost = 1;

  get cost(): number {
    return this.#cost;
  }

  add(taken: Taken, asked: readonly Bounds[]): void {
    this.#parts.push({ taken, asked });
    for (const { cost } of asked) this.#cost = Math.max(this.#cost, cost);
  }

  /** As if the request had never asked. */
  giveBack(): void {
    this.#settle(() => true);
    this.#parts.length = 0;
  }

  /** The answer has come, or will not: limits that do not count it get back what they gave. */
  answered(outcome: AnswerOutcome): void {
    if (this.#isSettled) return;
    this.#isSettled = true;
    this.#settle(({ rule: { count, kind } }) => kind !== "concurrent" && !kept[count](outcome));
  }

  /** The exchange is over. What the backend was not asked is neither a failure nor a success. */
  leave(forwarded: boolean): void {
    if (!forwarded) this.answered("other");
    this.#settle(({ rule: { kind } }) => kind === "concurrent");
  }

  #settle(isGivenBack: (bounds: Bounds) => boolean): void {
    for (const { asked, taken } of this.#parts)
      for (let index = 0; index < asked.length; index += 1)
        if (isGivenBack(asked[index] as Bounds)) taken.settle(index, 0);
  }
}
