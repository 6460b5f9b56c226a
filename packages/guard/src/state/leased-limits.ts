import { Lease } from "./lease.ts";
import type { LeaseAsk } from "./redis-scripts.ts";
import type { Known, RedisLimits } from "./redis-limits.ts";
import { refused, type TakenFar } from "./redis-taken.ts";
import type { Bucket, RateBucket } from "./state.ts";
import type { StateMeasures } from "./state-measures.ts";

const lookEveryMs = 100;
/** Buckets of which a lease may be had at the same time. */
const mostLeases = 10_000;

export interface LeasedOptions {
  /** The part of a burst that may be leased; 0: none is. */
  readonly overshoot: number;
  readonly measures: StateMeasures;
}

interface Held {
  readonly bucket: RateBucket;
  readonly lease: Lease;
}

/**
 * Limits in Redis, of which a node takes a share ahead where it is asked often, and serves from it
 * without asking. All shares of a bucket together hold no more than `overshoot` of its burst, and
 * they take room in the bucket: nothing is let through beyond what the limit says, and whoever is
 * refused can find no more than that at other nodes.
 */
export class LeasedLimits {
  readonly #limits: RedisLimits;
  readonly #overshoot: number;
  readonly #held = new Map<string, Held>();
  #looking: NodeJS.Timeout | undefined;
  readonly #measures: StateMeasures;

  constructor(limits: RedisLimits, { measures, overshoot }: LeasedOptions) {
    this.#limits = limits;
    this.#overshoot = overshoot;
    this.#measures = measures;
  }

  takeAll(buckets: readonly Bucket[], known: Known = {}): TakenFar | Promise<TakenFar> {
    // While Redis is lost a share is no better than what each node counts by itself.
    if (this.#overshoot === 0 || known.carried !== undefined || !this.#limits.serves(buckets))
      return this.#limits.takeAll(buckets, known);
    const now = performance.now();
    const leases = buckets.map((bucket) => this.#leaseOf(bucket, now));
    for (const [index, lease] of leases.entries()) {
      const blindMs = lease?.blindMs(now) ?? 0;
      if (blindMs > 0) return refused(buckets, index, blindMs, 0, true);
    }
    if (leases.every((lease, index) => lease?.has((buckets[index] as Bucket).cost, now) === true))
      return this.#spend(buckets, leases as readonly Lease[]);
    return this.#ask(buckets, leases, now);
  }

  /** What is leased goes back first. */
  async close(): Promise<void> {
    clearInterval(this.#looking);
    const held = [...this.#held.values()].filter(({ lease }) => lease.left > 0);
    this.#held.clear();
    await Promise.all(held.map(({ bucket, lease }) => this.#limits.endLease(bucket, lease.left)));
  }

  /** Undefined where no share would be left after rounding down, or there is no room. */
  #leaseOf(bucket: Bucket, now: number): Lease | undefined {
    if (bucket.kind !== "rate" || this.#mostOf(bucket) < 2) return undefined;
    const name = `${bucket.limit}\n${bucket.burst}\n${bucket.who}`;
    let held = this.#held.get(name);
    if (held === undefined) {
      if (this.#held.size >= mostLeases) return undefined;
      held = { bucket, lease: new Lease(now) };
      this.#held.set(name, held);
      this.#looking ??= setInterval(() => this.#look(), lookEveryMs).unref();
    }
    held.lease.count(bucket.cost, now);
    return held.lease;
  }

  #mostOf({ burst }: RateBucket): number {
    return Math.floor(this.#overshoot * burst + 1e-9);
  }

  #spend(buckets: readonly Bucket[], leases: readonly Lease[]): TakenFar {
    const remaining = buckets.map((bucket, index) => {
      const lease = leases[index] as Lease;
      lease.spend(bucket.cost);
      return Math.floor(lease.left);
    });
    const costs = buckets.map(({ cost }) => cost);
    return {
      refusedBy: -1,
      waitMs: 0,
      remaining,
      aheadMs: [],
      leased: [],
      isUntouched: true,
      overshoot: 0,
      settle: (index, cost) => {
        const change = cost - (costs[index] ?? cost);
        if (change === 0) return;
        costs[index] = cost;
        this.#limits.change(buckets[index] as Bucket, change, "");
      },
    };
  }

  async #ask(
    buckets: readonly Bucket[],
    leases: readonly (Lease | undefined)[],
    now: number,
  ): Promise<TakenFar> {
    const asks = leases.map((lease, index): LeaseAsk | undefined =>
      lease === undefined || lease.isAsking || lease.has((buckets[index] as Bucket).cost, now)
        ? undefined
        : lease.ask(this.#mostOf(buckets[index] as RateBucket), now),
    );
    const before = leases.map((lease, index) => {
      const left = lease?.left ?? 0;
      // It is given back with the question.
      if (lease !== undefined && asks[index] !== undefined) lease.left = 0;
      return left;
    });
    try {
      const taken = await this.#limits.takeAll(buckets, { asks });
      this.#measures.overshot(taken.overshoot);
      for (const [index, lease] of leases.entries()) {
        if (lease === undefined || asks[index] === undefined) continue;
        if (taken.refusedBy === -1) lease.begin(taken.leased[index] as number, now);
        else if (taken.isUntouched) lease.left = before[index] as number;
        else lease.begin(0, now);
      }
      this.#remember(buckets, leases, taken);
      return taken;
    } finally {
      for (const [index, lease] of leases.entries())
        if (lease !== undefined && asks[index] !== undefined) lease.isAsking = false;
    }
  }

  #remember(
    buckets: readonly Bucket[],
    leases: readonly (Lease | undefined)[],
    { leased, refusedBy, waitMs }: TakenFar,
  ): void {
    const lease = leases[refusedBy];
    const bucket = buckets[refusedBy];
    if (lease === undefined || bucket?.kind !== "rate") return;
    // Others may hold back what they have leased; together it stays below what may be held back.
    const tokens = (this.#mostOf(bucket) - (leased[refusedBy] ?? 0)) / 4;
    lease.refuse(waitMs, tokens, bucket.intervalMs, performance.now());
  }

  /** Shares that nobody uses go back. */
  #look(): void {
    const now = performance.now();
    for (const [name, { bucket, lease }] of this.#held) {
      if (!lease.isIdle(now)) continue;
      if (lease.left > 0) void this.#limits.endLease(bucket, lease.left);
      lease.begin(0, now);
      this.#held.delete(name);
    }
    if (this.#held.size > 0) return;
    clearInterval(this.#looking);
    this.#looking = undefined;
  }
}
