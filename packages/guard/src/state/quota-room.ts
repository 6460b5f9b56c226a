import { type RoomPlace, SetBlocks, ways } from "./set-blocks.ts";
import type { QuotaBucket } from "./state.ts";

/**
 * Eight names, eight counts and eight ends of 8 bytes, eight mosts of 4, part and end of what has
 * made room, and the block's end.
 */
export const quotaBlockBytes = 256;
const countsFrom = 8;
const endsFrom = 16;
const mostsFrom = 48;
const gonePartAt = 28;
const goneEndAt = 29;
/** What a sum of amounts may be wrong by. */
const grain = 1e-9;

/**
 * Quotas, as what was taken of each and when its window ends. The window that was begun holds until
 * it ends by the asker's clock: a clock that is set back does not lead into the last one, which
 * would count apart. Places in a full set are given as in a room of rates.
 */
export class QuotaRoom {
  readonly #blocks: SetBlocks;

  constructor(memory: SharedArrayBuffer, place: RoomPlace) {
    this.#blocks = new SetBlocks(memory, place, quotaBlockBytes);
  }

  get places(): number {
    return this.#blocks.places;
  }

  get evictions(): number {
    return this.#blocks.evictions;
  }

  /** @returns how much is left; less than 0 where there is not enough */
  take(first: number, second: number, { atMs, cost, endsAtMs, most }: QuotaBucket): number {
    const blocks = this.#blocks;
    const base = blocks.lock(first);
    try {
      const found = blocks.find(base, first, second);
      const way = found === -1 ? this.#choose(base, atMs) : found;
      const runs = (blocks.doubles[base / 2 + endsFrom + way] as number) > atMs;
      const before =
        found === -1 ? this.#partAtFirst(base, way, atMs) * most : this.#count(base, way);
      const taken = (found === -1 || runs ? before : 0) + cost;
      if (taken > most + grain) return most - taken;
      if (found === -1) {
        if (runs) this.#makeRoom(base, way, atMs);
        blocks.name(base, way, first, second);
      }
      if (found === -1 || !runs) blocks.doubles[base / 2 + endsFrom + way] = endsAtMs;
      blocks.doubles[base / 2 + countsFrom + way] = taken;
      blocks.floats[base + mostsFrom + way] = most;
      return Math.max(most - taken, 0);
    } finally {
      blocks.unlock(base);
    }
  }

  /** Whether a quota has a place. */
  has(first: number, second: number): boolean {
    const blocks = this.#blocks;
    const base = blocks.lock(first);
    const found = blocks.find(base, first, second);
    blocks.unlock(base);
    return found !== -1;
  }

  /** Gives back what was taken (less than 0), or takes as far as there is something. */
  settle(first: number, second: number, { endsAtMs, most }: QuotaBucket, change: number): void {
    const blocks = this.#blocks;
    const base = blocks.lock(first);
    try {
      const way = blocks.find(base, first, second);
      // What was taken of an earlier window is not given back to this one.
      if (way === -1 || (blocks.doubles[base / 2 + endsFrom + way] as number) > endsAtMs) return;
      blocks.doubles[base / 2 + countsFrom + way] = Math.min(
        Math.max(this.#count(base, way) + change, 0),
        most,
      );
    } finally {
      blocks.unlock(base);
    }
  }

  #makeRoom(base: number, way: number, atMs: number): void {
    const { doubles } = this.#blocks;
    this.#blocks.countEviction(base);
    const part = this.#partAtFirst(base, way, atMs);
    const ends = doubles[base / 2 + endsFrom + way] as number;
    doubles[base / 2 + gonePartAt] = part;
    doubles[base / 2 + goneEndAt] = Math.max(doubles[base / 2 + goneEndAt] as number, ends);
  }

  /** How much of a newcomer's counts as taken: as much as of any that has made room. */
  #partAtFirst(base: number, way: number, atMs: number): number {
    const { doubles } = this.#blocks;
    const part = this.#partTaken(base, way, atMs);
    const ends = doubles[base / 2 + goneEndAt] as number;
    return ends <= atMs ? part : Math.max(part, doubles[base / 2 + gonePartAt] as number);
  }

  #choose(base: number, atMs: number): number {
    let chosen = 0;
    let least = Number.POSITIVE_INFINITY;
    for (let way = 0; way < ways; way += 1) {
      const part = this.#partTaken(base, way, atMs);
      if (part < least) [chosen, least] = [way, part];
    }
    return chosen;
  }

  #partTaken(base: number, way: number, atMs: number): number {
    const ends = this.#blocks.doubles[base / 2 + endsFrom + way] as number;
    return ends <= atMs
      ? 0
      : this.#count(base, way) / (this.#blocks.floats[base + mostsFrom + way] as number);
  }

  #count(base: number, way: number): number {
    return this.#blocks.doubles[base / 2 + countsFrom + way] as number;
  }
}
