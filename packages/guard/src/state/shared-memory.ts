import { hashKey } from "./key-hash.ts";
import { QuotaRoom } from "./quota-room.ts";
import { RateRoom } from "./rate-room.ts";
import { LocalSeats, type Seat, type SeatState } from "./seats.ts";
import { type SharedBuckets, shortMs } from "./shared-buckets.ts";
import {
  allOf,
  type Bucket,
  type LimitState,
  type QuotaBucket,
  type RateBucket,
  type Taken,
} from "./state.ts";
import { steadyMs } from "./steady-clock.ts";

/** Limits whose names are kept hashed; a policy has fewer. */
const mostNames = 4096;
const grain = 1e-6;

/** Counts in memory that all threads of a process share. */
export class SharedMemoryState implements LimitState {
  readonly #short: RateRoom;
  readonly #long: RateRoom;
  readonly #quota: QuotaRoom;
  readonly #seats: SeatState;
  readonly #seeds: readonly [number, number];
  /** The two halves of each limit's name, hashed. */
  readonly #names = new Map<string, Uint32Array>();
  readonly #hash = new Uint32Array(2);
  /** The halves of the bucket's name that was hashed last. */
  #first = 0;
  #second = 0;
  readonly #now: () => number;

  /** @param seats where requests in flight are counted; in this thread alone unless given */
  constructor(
    { long, memory, quota, seeds, short }: SharedBuckets,
    now: () => number = steadyMs,
    seats: SeatState = new LocalSeats(),
  ) {
    this.#short = new RateRoom(memory, short, now);
    this.#long = new RateRoom(memory, long, now);
    this.#quota = new QuotaRoom(memory, quota);
    this.#seeds = seeds;
    this.#now = now;
    this.#seats = seats;
  }

  takeAll(asked: readonly Bucket[]): Taken {
    const now = this.#now();
    const buckets = asked.some(({ inventors }) => inventors !== undefined)
      ? asked.map((bucket) => this.bounded(bucket))
      : asked;
    const taken = new TakenHere(this, buckets);
    for (let index = 0; index < buckets.length; index += 1) {
      const bucket = buckets[index] as Bucket;
      const left = bucket.kind === "rate" ? this.#takeRate(bucket, now) : this.#take(bucket, taken);
      if (left >= 0) taken.remaining[index] = left;
      else {
        taken.refuse(index, bucket.kind === "rate" ? -left : 0);
        break;
      }
    }
    return taken;
  }

  /**
   * The bucket itself where it has a place, or one of its inventors may have another; or else one
   * that all keys which an inventor has beyond its share have in common.
   */
  bounded(bucket: Bucket): Bucket {
    const { inventors } = bucket;
    if (inventors === undefined || bucket.kind === "concurrent") return bucket;
    this.#hashOf(bucket);
    const room = bucket.kind === "quota" ? this.#quota : this.#roomOf(bucket);
    if (room.has(this.#first, this.#second)) return bucket;
    const common = this.#second & (commonBuckets - 1);
    const account = accountOf(bucket, room.places);
    for (const inventor of inventors) {
      if (this.#takeRate({ ...account, who: inventor }, this.#now()) >= 0) continue;
      const who = `${inventor}\n${common}`;
      return { ...bucket, limit: `beyond ${bucket.limit}`, who, inventors: undefined };
    }
    return bucket;
  }

  takeOne(bucket: RateBucket): number {
    return Math.max(0, -this.#takeRate(bucket, this.#now()));
  }

  /** How far a rate bucket is from being full, as is known from elsewhere; see `RateRoom.tell`. */
  tell(bucket: RateBucket, aheadMs: number, atLeast: boolean): number {
    this.#hashOf(bucket);
    const room = this.#roomOf(bucket);
    return room.tell(this.#first, this.#second, bucket, { aheadMs, atLeast }, this.#now());
  }

  giveBack(bucket: Bucket): Promise<void> {
    this.change(bucket, -allOf(bucket));
    return Promise.resolve();
  }

  close(): Promise<void> {
    return Promise.resolve();
  }

  /** What a bucket that was taken from must be changed by. */
  change(bucket: Bucket, by: number): void {
    if (bucket.kind === "concurrent") return;
    this.#hashOf(bucket);
    if (bucket.kind === "quota") this.#quota.settle(this.#first, this.#second, bucket, by);
    else this.#roomOf(bucket).settle(this.#first, this.#second, bucket, by);
  }

  /** How many are left; or, less than 0, minus the wait. */
  #takeRate(bucket: RateBucket, now: number): number {
    this.#hashOf(bucket);
    const room = this.#roomOf(bucket);
    const [first, second] = [this.#first, this.#second];
    let left = room.take(first, second, bucket, now);
    // A changed policy may have made the limit so much slower, or quicker, that it has another room.
    if (Number.isNaN(left)) {
      const before = room === this.#short ? this.#long : this.#short;
      left = room.take(first, second, bucket, now, before.takeAway(first, second, now));
    }
    return left < 0 ? left : Math.floor(left / bucket.intervalMs + grain);
  }

  #take(bucket: Exclude<Bucket, RateBucket>, taken: TakenHere): number {
    if (bucket.kind === "concurrent") {
      const seat = this.#seats.take(`${bucket.limit}\n${bucket.who}`, bucket.most);
      if (seat === undefined) return -1;
      taken.hold(seat);
      return Number.POSITIVE_INFINITY;
    }
    this.#hashOf(bucket);
    return this.#quota.take(this.#first, this.#second, bucket);
  }

  #roomOf({ deepestMs }: RateBucket): RateRoom {
    return deepestMs <= shortMs ? this.#short : this.#long;
  }

  #hashOf({ limit, who }: Bucket): void {
    let name = this.#names.get(limit);
    if (name === undefined) {
      if (this.#names.size >= mostNames) this.#names.clear();
      name = new Uint32Array(2);
      hashKey(limit, this.#seeds[0], this.#seeds[1], name);
      this.#names.set(limit, name);
    }
    hashKey(who, name[0] as number, name[1] as number, this.#hash);
    this.#first = (this.#hash[0] as number) | 0;
    this.#second = (this.#hash[1] as number) | 0;
  }
}

const nothing = (): number => 0;

/** One of so many of a room's places is the share of one caller at one limit. */
const sharesOfRoom = 32;
const leastShare = 16;
/** Keys beyond it meet in so many buckets. A power of two. */
const commonBuckets = 16;
const longestAccountMs = 31 * 86_400_000;

/** Where it is counted how many keys somebody has invented: as many as a room's share, in the time that they last. */
function accountOf(bucket: RateBucket | QuotaBucket, places: number): RateBucket {
  const lastMs = bucket.kind === "rate" ? bucket.deepestMs : bucket.lengthMs;
  const deepestMs = Math.min(Math.max(lastMs, 1), longestAccountMs);
  const burst = Math.max(leastShare, places / sharesOfRoom);
  return {
    kind: "rate",
    limit: `invented ${bucket.limit}`,
    who: "",
    cost: 1,
    onLoss: "local",
    intervalMs: deepestMs / burst,
    burst,
    deepestMs,
  };
}

/** What was taken of a process's own buckets. */
class TakenHere implements Taken {
  refusedBy = -1;
  waitMs = 0;
  readonly remaining: number[];
  readonly #state: SharedMemoryState;
  readonly #buckets: readonly Bucket[];
  /** Of the buckets that count requests in flight, in their order; undefined without one. */
  #seats: (Seat | undefined)[] | undefined;
  /** What each has been settled to; undefined while none has been. */
  #costs: number[] | undefined;

  constructor(state: SharedMemoryState, buckets: readonly Bucket[]) {
    this.#state = state;
    this.#buckets = buckets;
    this.remaining = buckets.map(nothing);
  }

  hold(seat: Seat): void {
    (this.#seats ??= []).push(seat);
  }

  /** Gives back what the buckets before it have given. */
  refuse(index: number, waitMs: number): void {
    for (let back = 0; back < index; back += 1) this.settle(back, 0);
    this.remaining.length = 0;
    this.refusedBy = index;
    this.waitMs = waitMs;
  }

  settle(index: number, cost: number): void {
    const bucket = this.#buckets[index];
    if (this.refusedBy !== -1 || bucket === undefined) return;
    if (bucket.kind === "concurrent") {
      if (cost === 0) this.#leave(index);
      return;
    }
    this.#costs ??= this.#buckets.map((one) => one.cost);
    const change = cost - (this.#costs[index] as number);
    this.#costs[index] = cost;
    if (change !== 0) this.#state.change(bucket, change);
  }

  #leave(index: number): void {
    if (this.#seats === undefined) return;
    let at = 0;
    for (let before = 0; before < index; before += 1)
      if (this.#buckets[before]?.kind === "concurrent") at += 1;
    this.#seats[at]?.leave();
    this.#seats[at] = undefined;
  }
}
