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

  note(place: number, thing: number): void {
    const bit = (thing ^ Math.floor(thing / 0x1_0000_0000)) & (bits - 1);
    const at = place * words + (bit >>> 5);
    this.#bits[at] = (this.#bits[at] as number) | (1 << (bit & 31));
  }

  count(place: number): number {
    let set = 0;
    for (let at = place * words; at < (place + 1) * words; at += 1)
      set += ones(this.#bits[at] as number);
    return Math.round(bits * Math.log(bits / Math.max(1, bits - set)));
  }

  forget(place: number): void {
    this.#bits.fill(0, place * words, (place + 1) * words);
  }
}

function ones(word: number): number {
  const pairs = word - ((word >>> 1) & 0x5555_5555);
  const fours = (pairs & 0x3333_3333) + ((pairs >>> 2) & 0x3333_3333);
  return Math.imul((fours + (fours >>> 4)) & 0x0f0f_0f0f, 0x0101_0101) >>> 24;
}
