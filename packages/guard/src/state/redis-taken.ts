import type { Bucket, Taken } from "./state.ts";

/** Who changes what was taken of a bucket, and lets go of places among requests in flight. */
export interface Settling {
  change(bucket: Bucket, by: number, id: string): void;
  hold(bucket: Bucket, id: string): void;
  leave(bucket: Bucket, id: string): void;
}

/** What was taken, and how far each rate is from being full, as far as that was told. */
export interface TakenFar extends Taken {
  readonly aheadMs: readonly (number | undefined)[];
  /** What of each bucket was leased; where one refused, what others have leased of that one. */
  readonly leased: readonly number[];
  /** Whether nothing at all was changed. */
  readonly isUntouched: boolean;
  /** What leases have let through that their server has forgotten. */
  readonly overshoot: number;
}

/** Of what was refused, nothing is held. */
const settle = (): void => undefined;

export function refused(
  buckets: readonly Bucket[],
  refusedBy: number,
  waitMs: number,
  leasedByOthers: number,
  isUntouched: boolean,
): TakenFar {
  const aheadMs = buckets.map((bucket, index) =>
    index === refusedBy && bucket.kind === "rate"
      ? (bucket.burst - bucket.cost) * bucket.intervalMs + waitMs
      : undefined,
  );
  const leased = buckets.map((_, index) => (index === refusedBy ? leasedByOthers : 0));
  const rest = { remaining: [], overshoot: 0, settle };
  return { refusedBy, waitMs, aheadMs, leased, isUntouched, ...rest };
}

/** What is left of a rate is told in microseconds of refilling, and one may be lost by rounding. */
const remainingOf = (bucket: Bucket, left: number): number =>
  bucket.kind === "rate" ? Math.floor((left + 1) / (bucket.intervalMs * 1000)) : left;

/** What the scripts have told of each bucket, in the order asked. */
export interface Left {
  readonly left: readonly number[];
  readonly leased: readonly number[];
  readonly overshoot: number;
}

/** What was taken of buckets in Redis. */
export class TakenThere implements TakenFar {
  readonly refusedBy = -1;
  readonly waitMs = 0;
  readonly remaining: readonly number[];
  readonly aheadMs: readonly (number | undefined)[];
  readonly leased: readonly number[];
  readonly isUntouched = false;
  readonly overshoot: number;
  readonly #limits: Settling;
  readonly #buckets: readonly Bucket[];
  readonly #id: string;
  /** What each bucket has been settled to. */
  readonly #costs: number[];

  constructor(
    limits: Settling,
    buckets: readonly Bucket[],
    id: string,
    { left, leased, overshoot }: Left,
  ) {
    this.leased = leased;
    this.overshoot = overshoot;
    this.#limits = limits;
    this.#buckets = buckets;
    this.#id = id;
    this.remaining = buckets.map((bucket, index) => remainingOf(bucket, left[index] as number));
    this.aheadMs = buckets.map((bucket, index) =>
      bucket.kind === "rate"
        ? bucket.burst * bucket.intervalMs - (left[index] as number) / 1000
        : undefined,
    );
    this.#costs = buckets.map(({ cost }) => cost);
  }

  hold(): void {
    for (const bucket of this.#buckets)
      if (bucket.kind === "concurrent") this.#limits.hold(bucket, this.#id);
  }

  settle(index: number, cost: number): void {
    const bucket = this.#buckets[index];
    const change = cost - (this.#costs[index] ?? cost);
    if (bucket === undefined || change === 0) return;
    this.#costs[index] = cost;
    if (bucket.kind === "concurrent") this.#limits.leave(bucket, this.#id);
    else this.#limits.change(bucket, change, this.#id);
  }
}
