import { quotaBlockBytes, QuotaRoom } from "./quota-room.ts";
import { rateBlockBytes, RateRoom } from "./rate-room.ts";
import { type RoomPlace, ways } from "./set-blocks.ts";
import { steadyMs } from "./steady-clock.ts";

/** Memory that every gate thread of a process shares; plain data, so that it travels to them. */
export interface SharedBuckets {
  readonly memory: SharedArrayBuffer;
  readonly short: RoomPlace;
  readonly long: RoomPlace;
  readonly quota: RoomPlace;
  readonly seeds: readonly [number, number];
}

/** Buckets that are full again within this time are short ones. */
export const shortMs = 5 * 60_000;

/**
 * Every class of window has a room of its own, so that keys of one, however many, take no place of
 * another: half of the keys for rates that are full again within five minutes, a quarter for slower
 * ones, a quarter for quotas.
 *
 * @param keys how many may be counted at the same time: fixed memory, 26 bytes each
 */
export function allocateSharedBuckets(
  keys: number,
  seeds: readonly [number, number],
): SharedBuckets {
  const place = (from: number, share: number): RoomPlace => ({
    from,
    sets: 2 ** Math.ceil(Math.log2(Math.max(keys * share, ways) / ways)),
  });
  const short = place(0, 1 / 2);
  const long = place(short.sets * rateBlockBytes, 1 / 4);
  const quota = place(long.from + long.sets * rateBlockBytes, 1 / 4);
  const bytes = quota.from + quota.sets * quotaBlockBytes;
  return { memory: new SharedArrayBuffer(bytes), short, long, quota, seeds };
}

/** How many buckets made room before their time, by the class of their window. */
export const evictionsOf = ({ long, memory, quota, short }: SharedBuckets) => ({
  short: new RateRoom(memory, short, steadyMs).evictions,
  long: new RateRoom(memory, long, steadyMs).evictions,
  quota: new QuotaRoom(memory, quota).evictions,
});
