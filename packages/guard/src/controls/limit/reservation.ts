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
  /** What was taken before. */
  readonly before: Part | undefined;
}

/** What a request has taken from the buckets of its limits, until it is settled. */
export class Reservation implements Reserved {
  #last: Part | undefined;
  #isSettled = false;
  #cost = 1;

  get cost(): number {
    return this.#cost;
  }

  add(taken: Taken, asked: readonly Bounds[]): void {
    this.#last = { taken, asked, before: this.#last };
    for (const { cost } of asked) this.#cost = Math.max(this.#cost, cost);
  }

  /** As if the request had never asked. */
  giveBack(): void {
    this.#settle(always);
    this.#last = undefined;
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
    this.#settle(isConcurrent);
  }

  #settle(isGivenBack: (bounds: Bounds) => boolean): void {
    for (let part = this.#last; part !== undefined; part = part.before)
      for (let index = 0; index < part.asked.length; index += 1)
        if (isGivenBack(part.asked[index] as Bounds)) part.taken.settle(index, 0);
  }
}

const always = (): boolean => true;
const isConcurrent = ({ rule: { kind } }: Bounds): boolean => kind === "concurrent";
