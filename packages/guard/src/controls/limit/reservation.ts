import type { AnswerOutcome, Reserved } from "../../facts/reserved.ts";
import type { Bucket, Taken } from "../../state/state.ts";
import type { Bounds } from "./bounds.ts";
import { ByteMeter } from "./byte-meter.ts";
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
  /** Limits of bytes; undefined without one. */
  #meters: ByteMeter[] | undefined;
  #passed = 0;

  get cost(): number {
    return this.#cost;
  }

  get isMetered(): boolean {
    return this.#meters !== undefined;
  }

  add(taken: Taken, asked: readonly Bounds[], buckets: readonly Bucket[]): void {
    this.#last = { taken, asked, before: this.#last };
    for (let index = 0; index < asked.length; index += 1) {
      const { cost, most, rule } = asked[index] as Bounds;
      this.#cost = Math.max(this.#cost, cost);
      if (rule.measure.of !== "bytes") continue;
      const held = (buckets[index] as Bucket).cost;
      (this.#meters ??= []).push(new ByteMeter(taken, index, { held, most }));
    }
  }

  passed(bytes: number): void {
    if (this.#meters === undefined) return;
    this.#passed += bytes;
    for (const meter of this.#meters) meter.passed(this.#passed);
  }

  /** As if the request had never asked. */
  giveBack(): void {
    this.#settle(always);
    this.#last = undefined;
    this.#meters = undefined;
  }

  /** The answer has come, or will not: limits that do not count it get back what they gave. */
  answered(outcome: AnswerOutcome): void {
    if (this.#isSettled) return;
    this.#isSettled = true;
    this.#settle(({ rule: { count, kind } }) => kind !== "concurrent" && !kept[count](outcome));
  }

  /** The exchange is over. What the backend was not asked is neither a failure nor a success. */
  leave(forwarded: boolean, requestBytes: number): void {
    if (!forwarded) this.answered("other");
    if (this.#meters !== undefined)
      for (const meter of this.#meters) meter.end(requestBytes + this.#passed);
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
