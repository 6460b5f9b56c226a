const probes = 4;

/**
 * Remembers which pairs were seen within a time, in two Bloom filters of which the older one is
 * emptied in turn. One in a hundred pairs is taken for seen that was not, at most; a flood makes it
 * forget sooner, and not grow.
 */
export class RecentlySeen {
  readonly #forMs: number;
  readonly #mask: number;
  readonly #most: number;
  #now: Uint32Array;
  #before: Uint32Array;
  #count = 0;
  #sinceMs = Number.NEGATIVE_INFINITY;

  /** @param bits a power of two @param forMs how long at least, unless too many come */
  constructor(bits: number, forMs: number) {
    this.#forMs = forMs;
    this.#mask = bits - 1;
    this.#most = bits / 10;
    this.#now = new Uint32Array(bits / 32);
    this.#before = new Uint32Array(bits / 32);
  }

  get bytes(): number {
    return (this.#mask + 1) / 4;
  }

  /** Notes a pair. @returns whether it was there before */
  note(pair: number, nowMs: number): boolean {
    if (nowMs - this.#sinceMs >= this.#forMs || this.#count >= this.#most) this.#turn(nowMs);
    const low = pair >>> 0;
    const high = Math.floor(pair / 0x1_0000_0000) | 1;
    let [isNow, isBefore] = [true, true];
    for (let probe = 0; probe < probes; probe += 1) {
      const bit = (low + Math.imul(probe, high) + probe * probe) & this.#mask;
      const [word, at] = [bit >>> 5, 1 << (bit & 31)];
      if (((this.#before[word] as number) & at) === 0) isBefore = false;
      if (((this.#now[word] as number) & at) === 0) isNow = false;
      this.#now[word] = (this.#now[word] as number) | at;
    }
    if (!isNow) this.#count += 1;
    return isNow || isBefore;
  }

  #turn(nowMs: number): void {
    [this.#now, this.#before] = [this.#before, this.#now];
    this.#now.fill(0);
    this.#count = 0;
    this.#sinceMs = nowMs;
  }
}
