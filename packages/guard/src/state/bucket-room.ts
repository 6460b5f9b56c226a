const minute = 60_000;
const hour = 3_600_000;

/** Buckets that are full again within minutes, within hours, and later. */
const classes = 3;
const classOf = (wholeMs: number): number =>
  wholeMs <= 5 * minute ? 0 : wholeMs <= 2 * hour ? 1 : 2;

const counts = new Uint8Array(classes);

/**
 * Which bucket of a full set makes room. One that is full again loses nothing. Else each class of
 * durations that is in the set keeps an even share of it, so that no crowd of daily quotas can take
 * the place of a limit by the minute, however many it has drained; and of the buckets beyond their
 * class's share goes the one of which the smallest part was taken. Who is stopped by a limit has
 * taken all of it, and goes last.
 *
 * @param times when each bucket is full again
 * @param wholes how long each takes to be full again after all was taken
 * @param whole the same of the bucket that needs the place
 */
export function chooseRoom(
  times: Float64Array,
  wholes: Float32Array,
  { from, ways }: { readonly from: number; readonly ways: number },
  whole: number,
  now: number,
): number {
  counts.fill(0);
  for (let slot = from; slot < from + ways; slot += 1) {
    if ((times[slot] as number) <= now) return slot;
    countOne(wholes[slot] as number);
  }
  const own = classOf(whole);
  const share = Math.floor(ways / presentWith(own));
  let chosen = from;
  let least = Number.POSITIVE_INFINITY;
  for (let slot = from; slot < from + ways; slot += 1) {
    const slotWhole = wholes[slot] as number;
    const slotClass = classOf(slotWhole);
    const held = counts[slotClass] as number;
    if (held < share || (held === share && slotClass !== own)) continue;
    const taken = ((times[slot] as number) - now) / slotWhole;
    if (taken < least) [chosen, least] = [slot, taken];
  }
  return chosen;
}

function countOne(whole: number): void {
  const one = classOf(whole);
  counts[one] = (counts[one] as number) + 1;
}

/** How many classes share the set, the one of the newcomer among them. */
function presentWith(own: number): number {
  let present = 0;
  for (let one = 0; one < classes; one += 1)
    if (one === own || (counts[one] as number) > 0) present += 1;
  return present;
}
