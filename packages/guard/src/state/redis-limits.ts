import { randomBytes } from "node:crypto";
import { type RedisConnection, StateLost } from "./redis-connection.ts";
import {
  type Carried,
  type LeaseAsk,
  renewScript,
  settleScript,
  takeScript,
  wordsOf,
} from "./redis-scripts.ts";
import { type Left, refused, type Settling, type TakenFar, TakenThere } from "./redis-taken.ts";
import { allOf, type Bucket } from "./state.ts";

/** A place among requests in flight lapses so long after its node was last heard of. */
const leaseMs = 30_000;
const renewEveryMs = 10_000;

/** A place among requests in flight. */
interface Place {
  readonly key: string;
  readonly id: string;
}

/** Buckets of a request that one script takes from, and where they stand among all of its. */
interface Share {
  readonly indices: readonly number[];
  readonly keys: readonly string[];
}

/** What a node knows of buckets beside what they cost, each in the order of the buckets. */
export interface Known {
  readonly carried?: readonly (Carried | undefined)[] | undefined;
  readonly asks?: readonly (LeaseAsk | undefined)[] | undefined;
}

interface Asked extends Known {
  readonly buckets: readonly Bucket[];
  readonly id: string;
}

const ending: LeaseAsk = { want: 0, most: 0, held: 0, spent: 0 };

/** What one script has answered: the first of its buckets that refused, or -1. */
interface Outcome {
  readonly share: Share;
  readonly refusedBy: number;
  /** What each has left, has leased, has let through; or the wait, and what others have leased. */
  readonly rest: readonly number[];
}

/**
 * Limits in Redis: one script for each place where buckets of a request are kept together takes
 * from all of them, or from none. All are asked at once, and where one refuses, the others give back.
 */
export class RedisLimits implements Settling {
  readonly #connection: RedisConnection;
  readonly #prefix: string;
  /** Reservations are named by the node and a number. */
  readonly #node = randomBytes(9).toString("base64url");
  #reservations = 0;
  readonly #places = new Map<string, Place>();
  #renewing: NodeJS.Timeout | undefined;

  constructor(connection: RedisConnection, prefix: string) {
    this.#connection = connection;
    this.#prefix = prefix;
  }

  /** Whether whoever keeps these buckets answers, as far as is known. */
  serves(buckets: readonly Bucket[]): boolean {
    return buckets.every((bucket) => this.#connection.serves(this.#keyOf(bucket)));
  }

  /** @throws StateLost when Redis does not answer in time; what it then takes is given back */
  async takeAll(buckets: readonly Bucket[], known: Known = {}): Promise<TakenFar> {
    this.#reservations += 1;
    const asked: Asked = { buckets, id: `${this.#node}:${this.#reservations}`, ...known };
    const shares = this.#sharesOf(buckets);
    if (!shares.every(({ keys: [key = ""] }) => this.#connection.serves(key)))
      throw new StateLost("a server that is asked for limits does not answer");
    const [only] = shares;
    const outcomes =
      shares.length === 1
        ? [await this.#take(only as Share, asked)]
        : await this.#takeEach(shares, asked);
    const refusal = outcomes.find(({ refusedBy }) => refusedBy !== -1);
    if (refusal !== undefined) {
      const [waitUs = 0, out = 0] = refusal.rest;
      return refused(buckets, firstOf(refusal), waitUs / 1000, out, shares.length === 1);
    }
    const taken = new TakenThere(this, buckets, asked.id, leftOf(outcomes));
    taken.hold();
    return taken;
  }

  /** Gives back what is left of a lease, which ends; where nobody answers, it has ended anyway. */
  async endLease(bucket: Bucket, left: number): Promise<void> {
    const words = [`${this.#node}:`, "0", ...wordsOf(bucket, -left, undefined, ending)];
    await this.#connection.run(settleScript, [this.#keyOf(bucket)], words).catch(() => undefined);
  }

  /** @throws StateLost when Redis does not answer in time */
  async giveBack(bucket: Bucket): Promise<void> {
    if (bucket.kind === "concurrent") return;
    const words = ["", "0", ...wordsOf(bucket, -allOf(bucket))];
    await this.#connection.run(settleScript, [this.#keyOf(bucket)], words);
  }

  /** Adds what a node has let through by itself. Nobody waits for it. */
  merge(bucket: Bucket, { aheadMs, owed }: Carried): void {
    const words = ["", "0", ...wordsOf(bucket, owed, { aheadMs, owed: 0 })];
    this.#connection.run(settleScript, [this.#keyOf(bucket)], words).catch(() => undefined);
  }

  /** Changes what was taken of one bucket. Nobody waits for it. */
  change(bucket: Bucket, by: number, id: string): void {
    const words = [id, "0", ...wordsOf(bucket, by)];
    this.#connection.run(settleScript, [this.#keyOf(bucket)], words).catch(() => undefined);
  }

  hold(bucket: Bucket, id: string): void {
    const key = this.#keyOf(bucket);
    this.#places.set(`${id}\n${key}`, { key, id });
    this.#renewing ??= setInterval(() => this.renew(), renewEveryMs).unref();
  }

  leave(bucket: Bucket, id: string): void {
    this.#places.delete(`${id}\n${this.#keyOf(bucket)}`);
    this.change(bucket, 0, id);
    if (this.#places.size === 0) this.close();
  }

  /** Says that this node still holds its places among requests in flight. */
  renew(): void {
    for (const { id, key } of this.#places.values())
      this.#connection.run(renewScript, [key], [String(leaseMs), id]).catch(() => undefined);
  }

  close(): void {
    clearInterval(this.#renewing);
    this.#renewing = undefined;
  }

  /** All are waited for together. What was taken is given back unless all have given. */
  async #takeEach(shares: readonly Share[], asked: Asked): Promise<readonly Outcome[]> {
    const settled = await Promise.allSettled(shares.map((share) => this.#take(share, asked)));
    const outcomes = settled.flatMap((one) => (one.status === "fulfilled" ? [one.value] : []));
    const lost = settled.find((one) => one.status === "rejected");
    if (lost !== undefined || outcomes.some(({ refusedBy }) => refusedBy !== -1))
      for (const outcome of outcomes) if (outcome.refusedBy === -1) this.#giveBack(outcome, asked);
    if (lost !== undefined) throw lost.reason;
    // The first bucket that refuses is told, in the order asked.
    return outcomes.toSorted((a, b) => firstOf(a) - firstOf(b));
  }

  async #take(share: Share, asked: Asked): Promise<Outcome> {
    const { asks, buckets, carried, id } = asked;
    const words = [id, String(leaseMs)];
    for (const index of share.indices) {
      const bucket = buckets[index] as Bucket;
      words.push(...wordsOf(bucket, bucket.cost, carried?.[index], asks?.[index]));
    }
    const told = await this.#connection.run(takeScript, share.keys, words, (late) => {
      if ((late as readonly number[])[0] === -1)
        this.#giveBack({ share, refusedBy: -1, rest: (late as readonly number[]).slice(1) }, asked);
    });
    if (!isOutcome(told, share)) throw this.#connection.distrust(share.keys[0] as string);
    const [refusedBy, ...rest] = told;
    return { share, refusedBy, rest };
  }

  /** What was leased with it too. */
  #giveBack({ rest, share }: Outcome, { asks, buckets, id }: Asked): void {
    for (const [at, index] of share.indices.entries()) {
      const bucket = buckets[index] as Bucket;
      const leased = rest[share.keys.length + at] ?? 0;
      const ask = asks?.[index] === undefined ? undefined : ending;
      const words = [id, "0", ...wordsOf(bucket, -bucket.cost - leased, undefined, ask)];
      this.#connection.undo(settleScript, [this.#keyOf(bucket)], words);
    }
  }

  #sharesOf(buckets: readonly Bucket[]): readonly Share[] {
    const keys = buckets.map((bucket) => this.#keyOf(bucket));
    const places = new Map<number, { indices: number[]; keys: string[] }>();
    for (const [index, key] of keys.entries()) {
      const place = this.#connection.placeOf(key);
      const share = places.get(place);
      if (share === undefined) places.set(place, { indices: [index], keys: [key] });
      else {
        share.indices.push(index);
        share.keys.push(key);
      }
    }
    return [...places.values()];
  }

  /** Limits that count the same caller are kept together (`{...}`), so that one script has them. */
  #keyOf({ limit, who }: Bucket): string {
    return `${this.#prefix}${limit}\n{${who}}`;
  }
}

/** Where the bucket that refused stands among all of the request. */
const firstOf = ({ refusedBy, share }: Outcome): number =>
  refusedBy === -1 ? Number.POSITIVE_INFINITY : (share.indices[refusedBy] as number);

function leftOf(outcomes: readonly Outcome[]): Left {
  const left: number[] = [];
  const leased: number[] = [];
  let overshoot = 0;
  for (const { rest, share } of outcomes)
    for (const [at, index] of share.indices.entries()) {
      left[index] = rest[at] as number;
      leased[index] = rest[share.keys.length + at] as number;
      overshoot += rest[2 * share.keys.length + at] as number;
    }
  return { left, leased, overshoot };
}

/** Numbers as the script gives them, and as many of them. */
function isOutcome(told: unknown, { keys }: Share): told is readonly [number, ...number[]] {
  if (!Array.isArray(told) || !told.every((one) => Number.isFinite(one))) return false;
  const [refusedBy = 0] = told as readonly number[];
  return refusedBy === -1
    ? told.length === 3 * keys.length + 1
    : refusedBy >= 0 && refusedBy < keys.length && told.length === 3;
}
