import { createHash } from "node:crypto";
import { allOf, type Bucket, type LimitState, type QuotaBucket, type Taken } from "./state.ts";

/** What a request takes of one quota. */
export interface QuotaTake {
  /** Of limit and caller, hashed: the store need not tell who calls. */
  readonly name: string;
  readonly cost: number;
  readonly most: number;
  /** What time the asker says it is, in milliseconds since 1970. */
  readonly atMs: number;
  readonly endsAtMs: number;
}

/** What became of a request's quotas: the first that refused, or -1 and what each has left. */
export interface QuotasTaken {
  readonly refusedBy: number;
  readonly remaining: readonly number[];
}

/** Where quotas are kept, so that they outlast the process. */
export interface QuotaStore {
  /**
   * Takes from all or from none; what was taken is durable when it resolves.
   *
   * @throws Error when the store cannot tell
   */
  takeAll(takes: readonly QuotaTake[]): Promise<QuotasTaken>;
  /** Changes what was taken of one. Nobody waits for it. */
  change(take: QuotaTake, by: number): void;
}

/**
 * Limits of which the quotas are kept in a store, and all others where they were before. While the
 * store cannot tell, quotas are counted like the others, or the request is refused where one says
 * so.
 */
export function withStoredQuotas(others: LimitState, store: QuotaStore): LimitState {
  return {
    takeAll(buckets) {
      for (const bucket of buckets)
        if (bucket.kind === "quota") return takeBoth(buckets, others, store);
      return others.takeAll(buckets);
    },
    async giveBack(bucket) {
      if (bucket.kind === "quota") store.change(takeOf(bucket), -allOf(bucket));
      // While the store could not tell, it was counted there.
      await others.giveBack(bucket);
    },
    close: () => others.close(),
  };
}

interface Part {
  readonly taken: Pick<Taken, "refusedBy" | "remaining" | "settle" | "waitMs">;
  /** The place among all buckets of each that it was asked for. */
  readonly places: readonly number[];
}

async function takeBoth(
  buckets: readonly Bucket[],
  others: LimitState,
  store: QuotaStore,
): Promise<Taken> {
  const places = (wanted: (bucket: Bucket) => boolean): number[] =>
    buckets.flatMap((bucket, index) => (wanted(bucket) ? [index] : []));
  const of = places(({ kind }) => kind === "quota");
  const rest = places(({ kind }) => kind !== "quota");
  const first: Part | undefined =
    rest.length === 0
      ? undefined
      : { taken: await others.takeAll(rest.map((at) => buckets[at] as Bucket)), places: rest };
  if (first !== undefined && first.taken.refusedBy !== -1) return whole(buckets, [first]);
  try {
    const quotas = of.map((at) => buckets[at] as QuotaBucket);
    const second = { taken: await takeQuotas(quotas, others, store), places: of };
    if (second.taken.refusedBy === -1) return whole(buckets, [first, second]);
    giveBack(first);
    return whole(buckets, [second]);
  } catch (fault) {
    giveBack(first);
    throw fault;
  }
}

async function takeQuotas(
  quotas: readonly QuotaBucket[],
  others: LimitState,
  store: QuotaStore,
): Promise<Part["taken"]> {
  const takes = quotas.map(takeOf);
  try {
    return new StoredTaken(store, takes, await store.takeAll(takes));
  } catch (fault) {
    if (quotas.some(({ onLoss }) => onLoss === "deny")) throw fault;
    return others.takeAll(quotas);
  }
}

const takeOf = ({ atMs, cost, endsAtMs, limit, most, who }: QuotaBucket): QuotaTake => ({
  name: createHash("sha256").update(`${limit}\n${who}`).digest("base64url"),
  cost,
  most,
  atMs,
  endsAtMs,
});

class StoredTaken {
  readonly waitMs = 0;
  readonly refusedBy: number;
  readonly remaining: readonly number[];
  readonly #store: QuotaStore;
  readonly #takes: readonly QuotaTake[];
  readonly #costs: number[];

  constructor(
    store: QuotaStore,
    takes: readonly QuotaTake[],
    { refusedBy, remaining }: QuotasTaken,
  ) {
    this.#store = store;
    this.#takes = takes;
    this.#costs = takes.map(({ cost }) => cost);
    this.refusedBy = refusedBy;
    this.remaining = remaining;
  }

  settle(index: number, cost: number): void {
    const take = this.#takes[index];
    const change = cost - (this.#costs[index] ?? cost);
    if (this.refusedBy !== -1 || take === undefined || change === 0) return;
    this.#costs[index] = cost;
    this.#store.change(take, change);
  }
}

function giveBack(part: Part | undefined): void {
  part?.places.forEach((_, index) => part.taken.settle(index, 0));
}

/** Both parts as one answer, each bucket at its place. */
function whole(buckets: readonly Bucket[], parts: readonly (Part | undefined)[]): Taken {
  const remaining = buckets.map(() => Number.POSITIVE_INFINITY);
  for (const part of parts)
    part?.places.forEach((place, index) => (remaining[place] = part.taken.remaining[index] ?? 0));
  const refused = parts.find((part) => part !== undefined && part.taken.refusedBy !== -1);
  return {
    refusedBy: refused === undefined ? -1 : (refused.places[refused.taken.refusedBy] ?? 0),
    waitMs: refused?.taken.waitMs ?? 0,
    remaining: refused === undefined ? remaining : [],
    settle(index, cost) {
      for (const part of parts) {
        const at = part?.places.indexOf(index) ?? -1;
        if (at !== -1) part?.taken.settle(at, cost);
      }
    },
  };
}
