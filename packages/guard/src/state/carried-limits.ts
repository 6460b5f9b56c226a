import type { RedisState } from "./redis.ts";
import type { TakenFar } from "./redis-taken.ts";
import type { Carried } from "./redis-scripts.ts";
import type { SharedMemoryState } from "./shared-memory.ts";
import { type Bucket, type LimitState, type RateBucket, type Taken } from "./state.ts";

type Shared = Pick<RedisState, "serves" | "isFresh" | "takeAll" | "giveBack" | "merge" | "close">;
type Local = Pick<SharedMemoryState, "bounded" | "takeAll" | "giveBack" | "tell">;

/** Buckets whose counts wait for what is shared to be back; beyond them nothing is added. */
const mostOwed = 20_000;
const addEveryMs = 10;
/** So that many nodes that have waited do not ask for everything in one moment. */
const addAtOnce = 100;

interface Owed {
  readonly bucket: Bucket;
  count: number;
}

/**
 * Limits that many nodes share. While what they share is lost, each process counts those that say
 * so alone, and a request that takes from another is refused: nobody knows what it has left.
 *
 * A loss gives nobody a second burst. This process remembers how far each bucket was when it was
 * last asked for, and goes on from there; when what is shared answers again, it is told of that,
 * because it may have begun anew, and of what was let through meanwhile.
 */
export function limitsLocalOnLoss(shared: Shared, local: Local): LimitState {
  return new CarriedLimits(shared, local);
}

class CarriedLimits implements LimitState {
  readonly #shared: Shared;
  readonly #local: Local;
  readonly #owed = new Map<string, Owed>();
  #adding: NodeJS.Timeout | undefined;

  constructor(shared: Shared, local: Local) {
    this.#shared = shared;
    this.#local = local;
  }

  takeAll(asked: readonly Bucket[]): Taken | Promise<Taken> {
    const buckets = asked.some(({ inventors }) => inventors !== undefined)
      ? asked.map((bucket) => this.#bounded(bucket))
      : asked;
    const mayBeLocal = buckets.every(({ onLoss }) => onLoss === "local");
    if (!this.#shared.serves(buckets) && mayBeLocal) return this.#takeHere(buckets);
    const taken = this.#shared.takeAll(buckets, this.#carriedFor(buckets));
    if (!(taken instanceof Promise)) return taken;
    return taken.then(
      (told) => this.#learn(buckets, told),
      (fault: unknown) => {
        if (!mayBeLocal) throw fault;
        return this.#takeHere(buckets);
      },
    );
  }

  async giveBack(bucket: Bucket): Promise<void> {
    this.#owed.delete(nameOf(bucket));
    await this.#local.giveBack(bucket);
    if (bucket.kind === "rate") await this.#local.giveBack(knownOf(bucket));
    await this.#shared.giveBack(bucket);
  }

  close(): Promise<void> {
    clearInterval(this.#adding);
    return this.#shared.close();
  }

  /** What was taken by this process alone is changed by so much. */
  owe(bucket: Bucket, count: number): void {
    if (bucket.kind === "concurrent" || count === 0) return;
    const name = nameOf(bucket);
    const owed = this.#owed.get(name);
    if (owed !== undefined) owed.count += count;
    else if (this.#owed.size < mostOwed) this.#owed.set(name, { bucket, count });
    this.#adding ??= setInterval(() => this.#addSome(), addEveryMs).unref();
  }

  /** By what this process knows: a flood of invented keys fills no server with them. */
  #bounded(bucket: Bucket): Bucket {
    if (bucket.kind !== "rate") return this.#local.bounded(bucket);
    const known = knownOf(bucket);
    const bounded = this.#local.bounded(known);
    return bounded === known ? bucket : { ...bucket, ...common(bounded) };
  }

  #takeHere(buckets: readonly Bucket[]): Taken {
    for (const bucket of buckets)
      if (bucket.kind === "rate") this.#local.tell(bucket, this.#knownAheadOf(bucket), true);
    const taken = this.#local.takeAll(buckets);
    if (taken.refusedBy !== -1) return taken;
    for (const bucket of buckets) this.owe(bucket, bucket.cost);
    return new TakenAlone(this, buckets, taken);
  }

  #learn(buckets: readonly Bucket[], taken: TakenFar): Taken {
    for (const [index, bucket] of buckets.entries()) {
      const aheadMs = taken.aheadMs[index];
      if (bucket.kind === "rate" && aheadMs !== undefined)
        this.#local.tell(knownOf(bucket), aheadMs, false);
    }
    return taken;
  }

  #knownAheadOf(bucket: RateBucket): number {
    return this.#local.tell(knownOf(bucket), 0, true);
  }

  #carriedFor(buckets: readonly Bucket[]): readonly (Carried | undefined)[] | undefined {
    if (!this.#shared.isFresh && this.#owed.size === 0) return undefined;
    return buckets.map((bucket) => this.#carriedOf(bucket));
  }

  #carriedOf(bucket: Bucket): Carried | undefined {
    if (bucket.kind !== "rate") return undefined;
    const name = nameOf(bucket);
    const owed = this.#owed.get(name)?.count ?? 0;
    this.#owed.delete(name);
    return { aheadMs: this.#shared.isFresh ? this.#knownAheadOf(bucket) : 0, owed };
  }

  /** Adds what nobody asks for by now. */
  #addSome(): void {
    let added = 0;
    for (const [name, { bucket, count }] of this.#owed) {
      if (!this.#shared.serves([bucket])) continue;
      if ((added += 1) > addAtOnce) return;
      this.#owed.delete(name);
      const aheadMs =
        bucket.kind === "rate" && this.#shared.isFresh ? this.#knownAheadOf(bucket) : 0;
      this.#shared.merge(bucket, { aheadMs, owed: count });
    }
    if (this.#owed.size > 0) return;
    clearInterval(this.#adding);
    this.#adding = undefined;
  }
}

const nameOf = ({ limit, who }: Bucket): string => `${limit}\n${who}`;

const common = ({ limit, who }: Bucket) => ({ limit, who, inventors: undefined });

/** Where it is kept how far a shared bucket was; no limit of a policy has such a name. */
const knownOf = (bucket: RateBucket): RateBucket => {
  const { burst, cost, deepestMs, intervalMs, inventors, limit, onLoss, who } = bucket;
  const known = `known ${limit}`;
  return {
    kind: "rate",
    limit: known,
    who,
    cost,
    inventors,
    onLoss,
    intervalMs,
    burst,
    deepestMs,
  };
};

/** What was taken by this process alone; what it is settled for is told to the others later. */
class TakenAlone implements Taken {
  readonly refusedBy = -1;
  readonly waitMs = 0;
  readonly remaining: readonly number[];
  readonly #limits: CarriedLimits;
  readonly #buckets: readonly Bucket[];
  readonly #taken: Taken;
  readonly #costs: number[];

  constructor(limits: CarriedLimits, buckets: readonly Bucket[], taken: Taken) {
    this.#limits = limits;
    this.#buckets = buckets;
    this.#taken = taken;
    this.remaining = taken.remaining;
    this.#costs = buckets.map(({ cost }) => cost);
  }

  settle(index: number, cost: number): void {
    const bucket = this.#buckets[index];
    if (bucket === undefined) return;
    this.#taken.settle(index, cost);
    this.#limits.owe(bucket, cost - (this.#costs[index] as number));
    this.#costs[index] = cost;
  }
}
