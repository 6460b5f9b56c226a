const words = 8;
const bits = words * 32;

/**
 * How many distinct things each of many keys has met: 256 bits for each (linear counting), within
 * 5 % up to 200, at most some 1400.
 */
export class DistinctCounts {
  readonly #bits: Uint32Array;

  constructor(places: number) {
    this.#bits = new Uint32Array(places * words);
  }

  get bytes(): number {
    return this.#bits.byteLength;
  }

  /** @returns whether it is certain to be new */
  note(place: number, thing: number): boolean {
    const bit = (thing ^ Math.floor(thing / 0x1_0000_0000)) & (bits - 1);
    const at = place * words + (bit >>> 5);
    const before = this.#bits[at] as number;
    const mask = 1 << (bit & 31);
    this.#bits[at] = before | mask;
    return (before & mask) === 0;
  }

  count(place: number): number {
    return this.countWith(place, this);
  }

  /** How many either has met. */
  countWith(place: number, other: DistinctCounts): number {
    let set = 0;
    for (let at = place * words; at < (place + 1) * words; at += 1)
      set += ones((this.#bits[at] as number) | (other.#bits[at] as number));
    return Math.round(bits * Math.log(bits / Math.max(1, bits - set)));
  }

  forget(place: number): void {
    this.#bits.fill(0, place * words, (place + 1) * words);
  }

  clear(): void {
    this.#bits.fill(0);
  }
}

function ones(word: number): number {
  const pairs = word - ((word >>> 1) & 0x5555_5555);
  const fours = (pairs & 0x3333_3333) + ((pairs >>> 2) & 0x3333_3333);
  return Math.imul((fours + (fours >>> 4)) & 0x0f0f_0f0f, 0x0101_0101) >>> 24;
}
