import { priorities } from "@portcullis/guard/upstream";
import { finderNumbers } from "./finder-numbers.ts";

/** How long requests wait, as a histogram: the upper bounds in milliseconds, the last is endless. */
export const waitBoundsMs: readonly number[] = [1, 2.5, 5, 10, 25, 50, 100, 250, 500, 1000, 2500];

/** For each priority: those of each bound, of no bound, all milliseconds, and who was given up. */
export const meterWords = waitBoundsMs.length + 3;
const ranks = priorities.length;

/** Of each target, or of each group of targets that one API asks. */
export const slotWord = {
  name: 0,
  limit: 2,
  inflight: 3,
  released: 4,
  waiting: 5,
  lock: 6,
  seats: 7,
};
/** Of one thread in one slot. */
export const seatWord = { inflight: 0, callers: 1, waiting: 2 };
const wordsEachSeat = 2 + ranks;
const bytesOfName = 128;

/**
 * Memory in which all gate threads count what the backends work on; plain data, so that it travels
 * to them.
 */
export interface SharedConcurrency {
  readonly memory: SharedArrayBuffer;
  readonly slots: number;
  /** Threads that serve. */
  readonly threads: number;
  /** Threads with those that end while another has taken their place already. */
  readonly seats: number;
}

const usualSlots = 128;

export function allocateSharedConcurrency(
  threads: number,
  slots: number = usualSlots,
): SharedConcurrency {
  const seats = 2 * threads + 2;
  const { bytes } = layoutOf({ slots, seats });
  return { memory: new SharedArrayBuffer(bytes), slots, threads, seats };
}

/** Where what stands, in bytes. */
export function layoutOf({ seats, slots }: Pick<SharedConcurrency, "seats" | "slots">) {
  const wordsEachSlot = slotWord.seats + seats * wordsEachSeat;
  const names = (ranks * meterWords + slots * wordsEachSlot) * 4;
  const finders = Math.ceil((names + slots * bytesOfName) / 8) * 8;
  return { wordsEachSlot, names, finders, bytes: finders + slots * finderNumbers * 8 };
}

export const slotAt = (shared: SharedConcurrency, slot: number): number =>
  ranks * meterWords + slot * layoutOf(shared).wordsEachSlot;

/** What has been found of the limit of the target in a slot. */
export const finderAt = (shared: SharedConcurrency, slot: number): Float64Array =>
  new Float64Array(
    shared.memory,
    layoutOf(shared).finders + slot * finderNumbers * 8,
    finderNumbers,
  );

export const seatAt = (seat: number): number => slotWord.seats + seat * wordsEachSeat;

/** What a thread that has ended held: it cannot give it back itself. */
export function leaveAllOf(shared: SharedConcurrency, seat: number): void {
  const words = new Int32Array(shared.memory, 0, layoutOf(shared).names / 4);
  for (let slot = 0; slot < shared.slots; slot += 1) {
    const at = slotAt(shared, slot);
    const own = at + seatAt(seat);
    const take = (word: number): number => Atomics.exchange(words, own + word, 0);
    Atomics.sub(words, at + slotWord.inflight, take(seatWord.inflight));
    take(seatWord.callers);
    for (let rank = 0; rank < ranks; rank += 1)
      Atomics.sub(words, at + slotWord.waiting, take(seatWord.waiting + rank));
    Atomics.add(words, at + slotWord.released, 1);
    Atomics.notify(words, at + slotWord.released);
  }
}

/**
 * The slot of a name, the same on every thread; undefined where all are taken by other names, which
 * then is counted by each thread alone.
 */
export function slotOf(shared: SharedConcurrency, name: string): number | undefined {
  const { names } = layoutOf(shared);
  const words = new Int32Array(shared.memory, 0, names / 4);
  const [first, second] = fingerprint(name);
  for (let slot = 0; slot < shared.slots; slot += 1) {
    const at = slotAt(shared, slot) + slotWord.name;
    const before = Atomics.compareExchange(words, at, 0, first);
    if (before === 0) {
      writeName(shared, slot, name);
      Atomics.store(words, at + 1, second);
      return slot;
    }
    if (before === first && settled(words, at + 1, second)) return slot;
  }
  return undefined;
}

/** Another thread may be about to write the second half. */
function settled(words: Int32Array, at: number, wanted: number): boolean {
  for (let tries = 0; tries < 1000; tries += 1) {
    const value = Atomics.load(words, at);
    if (value !== 0) return value === wanted;
    Atomics.wait(words, at, 0, 1);
  }
  return false;
}

/** Sixty-four bits of a name of the policy, neither half 0. */
function fingerprint(name: string): [number, number] {
  let [a, b] = [0x811c9dc5 | 0, 0x9e3779b9 | 0];
  for (let index = 0; index < name.length; index += 1) {
    a = Math.imul(a ^ name.charCodeAt(index), 0x01000193);
    b = Math.imul(b ^ name.charCodeAt(index), 0x85ebca6b) ^ (b >>> 13);
  }
  return [a === 0 ? 1 : a, b === 0 ? 1 : b];
}

function writeName(shared: SharedConcurrency, slot: number, name: string): void {
  const bytes = new Uint8Array(
    shared.memory,
    layoutOf(shared).names + slot * bytesOfName,
    bytesOfName,
  );
  bytes.set(Buffer.from(name).subarray(0, bytesOfName));
}

export function nameAt(shared: SharedConcurrency, slot: number): string {
  const from = layoutOf(shared).names + slot * bytesOfName;
  const bytes = Buffer.from(shared.memory, from, bytesOfName);
  const end = bytes.indexOf(0);
  return bytes.toString("utf8", 0, end === -1 ? bytesOfName : end);
}
