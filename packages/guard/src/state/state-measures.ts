/** Upper ends of the steps in which round trips are counted, in milliseconds. */
export const roundTripBoundsMs = [0.25, 0.5, 1, 2.5, 5, 10, 25, 50, 100, 250] as const;
const steps = roundTripBoundsMs.length + 1;

export interface StateMeasured {
  /** How many round trips were within each bound, those within smaller bounds too. */
  readonly withinBounds: readonly number[];
  readonly count: number;
  readonly sumSeconds: number;
  /** What was let through from leases that Redis had lost. */
  readonly leaseOvershoot: number;
}

export const allocateStateMeasures = (): SharedArrayBuffer =>
  new SharedArrayBuffer((steps + 2) * 8);

/** What asking Redis has taken, counted by all gate threads together. */
export class StateMeasures {
  readonly #counts: BigInt64Array;

  constructor(memory: SharedArrayBuffer = allocateStateMeasures()) {
    this.#counts = new BigInt64Array(memory);
  }

  roundTrip(tookMs: number): void {
    let step = 0;
    while (step < steps - 1 && tookMs > (roundTripBoundsMs[step] as number)) step += 1;
    Atomics.add(this.#counts, step, 1n);
    Atomics.add(this.#counts, steps, BigInt(Math.round(tookMs * 1000)));
  }

  overshot(count: number): void {
    if (count > 0) Atomics.add(this.#counts, steps + 1, BigInt(Math.ceil(count)));
  }

  read(): StateMeasured {
    const at = (index: number): number => Number(Atomics.load(this.#counts, index));
    const withinBounds: number[] = [];
    let count = 0;
    for (let step = 0; step < steps; step += 1) {
      count += at(step);
      if (step < steps - 1) withinBounds.push(count);
    }
    return {
      withinBounds,
      count,
      sumSeconds: at(steps) / 1e6,
      leaseOvershoot: at(steps + 1),
    };
  }
}
