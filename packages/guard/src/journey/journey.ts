import type { Outcome, Reply } from "../controls/check.ts";
import { isRefusal, type Refusal } from "../facts/refusal.ts";
import { settle } from "./boundary.ts";
import type { RunStep } from "./course.ts";
import type { Exchange } from "./exchange.ts";

/**
 * What becomes of an exchange when its steps have been taken. A gate that serves answers or
 * forwards it; one that explains only says so.
 */
export interface JourneyEnds<A> {
  refuse(exchange: Exchange, way: A, refusal: Refusal): void;
  reply(exchange: Exchange, way: A, reply: Reply): void;
  forward(exchange: Exchange, way: A): void;
  /** The caller went away while a step was waiting. */
  abandon(exchange: Exchange, way: A): void;
  /** Something threw that must not: a fault of the gate's own. Must not throw itself. */
  fail(exchange: Exchange, way: A, fault: unknown): void;
  /** Told of every step that was taken, where somebody wants to know. */
  readonly onStep?: (
    exchange: Exchange,
    way: A,
    step: RunStep,
    outcome: Outcome,
    stands: boolean,
  ) => void;
}

/** The step at which the operation is found. */
export type FindOperation = (
  exchange: Exchange,
) => Refusal | undefined | Promise<Refusal | undefined>;

const routeStep: RunStep = Object.freeze<RunStep>({
  title: "route",
  mode: undefined,
  check: () => undefined,
});

/**
 * Takes an exchange through its steps: those before the operation is known, the route, those of the
 * operation. The only loop over steps, for requests that are served and requests that are
 * explained alike. Never throws and never rejects: a fault of the gate's own is a refusal like any
 * other.
 */
export class Journey<A> {
  readonly #first: readonly RunStep[];
  readonly #findOperation: FindOperation;
  readonly #ends: JourneyEnds<A>;

  constructor(first: readonly RunStep[], findOperation: FindOperation, ends: JourneyEnds<A>) {
    this.#first = first;
    this.#findOperation = findOperation;
    this.#ends = ends;
  }

  begin(exchange: Exchange, way: A): void {
    try {
      this.#walk(exchange, way, this.#first, 0);
    } catch (fault) {
      this.#ends.fail(exchange, way, fault);
    }
  }

  #walk(exchange: Exchange, way: A, steps: readonly RunStep[], from: number): void {
    for (let index = from; index < steps.length; index += 1) {
      const step = steps[index] as RunStep;
      const outcome = step.check(exchange);
      if (outcome instanceof Promise) {
        this.#wait(exchange, way, steps, index, outcome);
        return;
      }
      if (this.#stops(exchange, way, step, outcome)) return;
    }
    if (exchange.routed) this.#ends.forward(exchange, way);
    else this.#route(exchange, way);
  }

  #route(exchange: Exchange, way: A): void {
    const refusal = this.#findOperation(exchange);
    if (refusal instanceof Promise) this.#wait(exchange, way, [routeStep], 0, refusal);
    else this.#routed(exchange, way, refusal);
  }

  #routed(exchange: Exchange, way: A, refusal: Outcome): void {
    if (!this.#stops(exchange, way, routeStep, refusal))
      this.#walk(exchange, way, exchange.course.steps, 0);
  }

  #wait(
    exchange: Exchange,
    way: A,
    steps: readonly RunStep[],
    index: number,
    outcome: Promise<Outcome>,
  ): void {
    settle(
      outcome,
      (settled) => {
        if (exchange.closed) this.#ends.abandon(exchange, way);
        else if (steps[index] === routeStep) this.#routed(exchange, way, settled);
        else if (!this.#stops(exchange, way, steps[index] as RunStep, settled))
          this.#walk(exchange, way, steps, index + 1);
      },
      (fault) => this.#ends.fail(exchange, way, fault),
    );
  }

  /** True when nothing follows: the outcome has been answered. */
  #stops(exchange: Exchange, way: A, step: RunStep, outcome: Outcome): boolean {
    const { onStep } = this.#ends;
    if (outcome === undefined) {
      onStep?.(exchange, way, step, outcome, false);
      return false;
    }
    if ("mend" in outcome) {
      if (exchange.amend(outcome.because)) outcome.mend();
      onStep?.(exchange, way, step, outcome, false);
      return false;
    }
    if (!isRefusal(outcome)) {
      onStep?.(exchange, way, step, outcome, true);
      this.#ends.reply(exchange, way, outcome);
      return true;
    }
    const stands = exchange.decide(outcome);
    onStep?.(exchange, way, step, outcome, stands);
    if (stands) this.#ends.refuse(exchange, way, outcome);
    return stands;
  }
}
