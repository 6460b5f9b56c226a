const ways = 8;

/**
 * Places for keys, in memory that is taken once: who floods it with keys of their own choosing
 * finds that new keys push out new keys. A place is given up for a newcomer by its evidence first,
 * and of those with as little the one that was seen longest ago, so that an attack under way keeps
 * its place.
 */
export class KeyArena {
  readonly places: number;
  /** How much is held against a key: whoever uses the arena keeps it up to date. */
  readonly evidence: Float32Array;
  /** When it was last seen, in milliseconds since 1970. */
  readonly seenAtMs: Float64Array;
  readonly #keys: Float64Array;
  readonly #onTaken: (place: number) => void;
  #lost = 0;

  /**
   * @param places a power of two @param onTaken a place begins anew: what stands there is another's
   */
  constructor(places: number, onTaken: (place: number) => void) {
    this.places = places;
    this.evidence = new Float32Array(places);
    this.seenAtMs = new Float64Array(places);
    this.#keys = new Float64Array(places);
    this.#onTaken = onTaken;
  }

  /** Keys that lost their place while something was held against them. */
  get lost(): number {
    return this.#lost;
  }

  get bytes(): number {
    return this.places * (4 + 8 + 8);
  }

  /** -1 where the key has no place. */
  find(key: number): number {
    const from = this.#from(key);
    for (let place = from; place < from + ways; place += 1)
      if (this.#keys[place] === key) return place;
    return -1;
  }

  /** The place of a key, which it is given now where it has none. */
  take(key: number, nowMs: number): number {
    const from = this.#from(key);
    let least = from;
    for (let place = from; place < from + ways; place += 1) {
      if (this.#keys[place] === key) {
        this.seenAtMs[place] = nowMs;
        return place;
      }
      if (this.#isLess(place, least)) least = place;
    }
    if (this.#keys[least] !== 0 && (this.evidence[least] as number) > 0) this.#lost += 1;
    this.#keys[least] = key;
    this.evidence[least] = 0;
    this.seenAtMs[least] = nowMs;
    this.#onTaken(least);
    return least;
  }

  keyAt(place: number): number {
    return this.#keys[place] as number;
  }

  /** Everything is forgotten. */
  clear(): void {
    this.#keys.fill(0);
    this.evidence.fill(0);
  }

  #from(key: number): number {
    const group = ((key % 0x1_0000_0000) ^ Math.floor(key / 0x1_0000_0000)) >>> 0;
    return (group & (this.places / ways - 1)) * ways;
  }

  #isLess(place: number, than: number): boolean {
    if (this.#keys[than] === 0) return false;
    if (this.#keys[place] === 0) return true;
    const [one, other] = [this.evidence[place] as number, this.evidence[than] as number];
    if (one !== other) return one < other;
    return (this.seenAtMs[place] as number) < (this.seenAtMs[than] as number);
  }
}
