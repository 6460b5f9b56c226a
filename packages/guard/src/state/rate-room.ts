import { type RoomPlace, SetBlocks, ways } from "./set-blocks.ts";
import type { RateBucket } from "./state.ts";

/**
 * Eight names of 8 bytes, eight times of 8, eight depths of 4, time and depth of what has made room,
 * and the end of the block.
 */
export const rateBlockBytes = 192;
const timesFrom = 8;
const depthsFrom = 32;
const goneTimeAt = 20;
const goneDepthAt = 42;
/** What a sum of times may be wrong by. */
const grainMs = 1e-6;

/**
 * Rate buckets as the times at which each is full again (GCRA's theoretical arrival times), in sets
 * of eight that are locked while they are read and written: the count is exact across threads.
 *
 * A set that is full gives a newcomer the place of the bucket of which the smallest part was taken.
 * The set remembers of all that have made room how much was taken at most, and until when, and a
 * newcomer begins with that taken. So nobody gains by being forgotten: whoever comes back finds at
 * least as much taken as was, however fast the buckets of other limits fill again. A bucket of which
 * all was taken never makes room, however many keys somebody invents: the newcomer is refused in its
 * place.
 */
export class RateRoom {
  readonly #blocks: SetBlocks;

  readonly #now: () => number;

  constructor(memory: SharedArrayBuffer, place: RoomPlace, now: () => number) {
    this.#now = now;
    this.#blocks = new SetBlocks(memory, place, rateBlockBytes);
  }

  get places(): number {
    return this.#blocks.places;
  }

  get evictions(): number {
    return this.#blocks.evictions;
  }

  /**
   * @param aheadMs how far a bucket without a place here is from being full, as far as another room
   *   knew it
   * @returns how much is left, in milliseconds of refilling; or, less than 0, how long until there
   *   is enough; NaN where it has no place, and `aheadMs` is not given
   */
  take(
    first: number,
    second: number,
    bucket: RateBucket,
    now: number,
    aheadMs = Number.NaN,
  ): number {
    const { burst, cost, deepestMs, intervalMs } = bucket;
    const blocks = this.#blocks;
    const base = blocks.lock(first);
    try {
      const found = blocks.find(base, first, second);
      if (found === -1 && Number.isNaN(aheadMs)) return Number.NaN;
      const way = found === -1 ? this.#choose(base, now) : found;
      const time =
        found === -1
          ? now +
            Math.min(Math.max(this.#partAtFirst(base, way, now) * deepestMs, aheadMs), deepestMs)
          : this.#keptTime(base, way, now, deepestMs);
      const next = Math.max(time, now) + cost * intervalMs;
      const left = burst * intervalMs - (next - now);
      if (left < -grainMs) return left;
      if (found === -1) this.#begin(base, way, first, second, now);
      this.#write(base, way, next, deepestMs);
      return Math.max(left, 0);
    } finally {
      blocks.unlock(base);
    }
  }

  /** Takes a bucket away, which has its place in another room from now on. */
  takeAway(first: number, second: number, now: number): number {
    const blocks = this.#blocks;
    const base = blocks.lock(first);
    try {
      const way = blocks.find(base, first, second);
      if (way === -1) return 0;
      const aheadMs = Math.max(this.#time(base, way) - now, 0);
      blocks.name(base, way, 0, 0);
      this.#write(base, way, 0, 0);
      return aheadMs;
    } finally {
      blocks.unlock(base);
    }
  }

  /** Whether a bucket has a place. */
  has(first: number, second: number): boolean {
    const blocks = this.#blocks;
    const base = blocks.lock(first);
    const found = blocks.find(base, first, second);
    blocks.unlock(base);
    return found !== -1;
  }

  /** Gives back what was taken (less than 0), or takes as far as there is something. */
  settle(first: number, second: number, bucket: RateBucket, by: number): void {
    const { deepestMs, intervalMs } = bucket;
    const blocks = this.#blocks;
    const base = blocks.lock(first);
    try {
      const way = blocks.find(base, first, second);
      // It has made room: whose place it took has what was taken of it.
      if (way === -1) return;
      const now = this.#now();
      const time = Math.max(this.#time(base, way), now) + by * intervalMs;
      this.#write(base, way, Math.min(time, now + deepestMs), deepestMs);
    } finally {
      blocks.unlock(base);
    }
  }

  /**
   * Says how far a bucket is from being full, as is known from elsewhere; with `atLeast` it stays
   * where it is, if that is further.
   *
   * @returns how far it is now, in milliseconds of refilling
   */
  tell(
    first: number,
    second: number,
    { deepestMs }: RateBucket,
    { aheadMs, atLeast }: { readonly aheadMs: number; readonly atLeast: boolean },
    now: number,
  ): number {
    const blocks = this.#blocks;
    const base = blocks.lock(first);
    try {
      const found = blocks.find(base, first, second);
      const way = found === -1 ? this.#choose(base, now) : found;
      const before =
        found === -1
          ? this.#partAtFirst(base, way, now) * deepestMs
          : Math.max(this.#time(base, way) - now, 0);
      if (found === -1 && aheadMs <= 0 && before === 0) return 0;
      // A newcomer begins with what was taken of the bucket whose place it has.
      const ahead = atLeast || found === -1 ? Math.max(before, aheadMs) : aheadMs;
      if (found === -1) this.#begin(base, way, first, second, now);
      this.#write(base, way, now + Math.min(ahead, deepestMs), deepestMs);
      return Math.min(ahead, deepestMs);
    } finally {
      blocks.unlock(base);
    }
  }

  /** A bucket that is full again, or else that of which the smallest part was taken. */
  #choose(base: number, now: number): number {
    let chosen = 0;
    let least = Number.POSITIVE_INFINITY;
    for (let way = 0; way < ways; way += 1) {
      const part = this.#partTaken(base, way, now);
      if (part === 0) return way;
      if (part < least) [chosen, least] = [way, part];
    }
    return chosen;
  }

  #partTaken(base: number, way: number, now: number): number {
    const time = this.#time(base, way);
    return time <= now
      ? 0
      : (time - now) / (this.#blocks.floats[base + depthsFrom + way] as number);
  }

  #begin(base: number, way: number, first: number, second: number, now: number): void {
    if (this.#partTaken(base, way, now) > 0) this.#makeRoom(base, way, now);
    this.#blocks.name(base, way, first, second);
  }

  /**
   * What has gone before and what goes now become one line that runs down: as much as was taken of
   * either, until the later of both is full again.
   */
  #makeRoom(base: number, way: number, now: number): void {
    const { doubles, floats } = this.#blocks;
    this.#blocks.countEviction(base);
    const part = this.#partAtFirst(base, way, now);
    const until = Math.max(this.#time(base, way), doubles[base / 2 + goneTimeAt] as number);
    doubles[base / 2 + goneTimeAt] = until;
    floats[base + goneDepthAt] = (until - now) / part;
  }

  /** How much of a newcomer's counts as taken. */
  #partAtFirst(base: number, way: number, now: number): number {
    const time = this.#blocks.doubles[base / 2 + goneTimeAt] as number;
    const part = this.#partTaken(base, way, now);
    if (time <= now) return part;
    return Math.max(part, (time - now) / (this.#blocks.floats[base + goneDepthAt] as number));
  }

  /**
   * A time further ahead than the limit is deep can only come from a policy that was changed: it
   * must not outlive it. Or it is this thread that is behind, because it lost its core since it
   * looked at the clock: what others have taken meanwhile stays taken.
   */
  #keptTime(base: number, way: number, now: number, deepestMs: number): number {
    const time = this.#time(base, way);
    if (time <= now + deepestMs) return time;
    const latest = this.#now() + deepestMs;
    if (time <= latest) return time;
    this.#blocks.doubles[base / 2 + timesFrom + way] = latest;
    return latest;
  }

  #time(base: number, way: number): number {
    return this.#blocks.doubles[base / 2 + timesFrom + way] as number;
  }

  #write(base: number, way: number, time: number, deepestMs: number): void {
    this.#blocks.doubles[base / 2 + timesFrom + way] = time;
    this.#blocks.floats[base + depthsFrom + way] = deepestMs;
  }
}
