import { DistinctCounts } from "../sketches/distinct.ts";
import { KeyArena } from "../sketches/key-arena.ts";

/** How many people, told apart by their hashes; `bound` ones have shown the key of their device. */
export interface PeopleCount {
  readonly people: number;
  readonly bound: number;
}

const places = 32_768;
const dayMs = 24 * 3_600_000;
/** Of everybody together: people beyond some two millions are counted as that many. */
const everybodyBits = 2 ** 19;

/**
 * How many people have had success behind each of many keys within a day, or two at most: two
 * generations, of which the older one is forgotten in turn. What is counted is who would be touched
 * if something were done about the key, so that too many is the safe way to be wrong.
 */
export class PeopleCounts {
  readonly #arena = new KeyArena(places, (place) => this.#forget(place));
  #now = new Generation();
  #before = new Generation();
  #sinceMs = Number.NEGATIVE_INFINITY;
  #beganMs = Number.POSITIVE_INFINITY;

  get bytes(): number {
    return this.#arena.bytes + this.#now.bytes + this.#before.bytes;
  }

  /** Since when there is anything to count from. */
  get beganMs(): number {
    return this.#beganMs;
  }

  /** Somebody is there, whatever they did. */
  noteEverybody(person: number, isBound: boolean, nowMs: number): void {
    this.#keepTime(nowMs);
    this.#now.everybody.note(person);
    if (isBound) this.#now.everybodyBound.note(person);
  }

  /** @param key a hash; what has none is nobody's */
  note(key: number, person: number, isBound: boolean, nowMs: number): void {
    if (key === 0 || person === 0) return;
    this.#keepTime(nowMs);
    const place = this.#arena.take(key, nowMs);
    const isNew = this.#now.people.note(place, person);
    if (isBound) this.#now.bound.note(place, person);
    // Who floods with keys of their own pushes out those behind which there is almost nobody.
    if (isNew) this.#arena.evidence[place] = (this.#arena.evidence[place] as number) + 1;
  }

  of(key: number): PeopleCount {
    const place = key === 0 ? -1 : this.#arena.find(key);
    if (place === -1) return { people: 0, bound: 0 };
    return {
      people: this.#now.people.countWith(place, this.#before.people),
      bound: this.#now.bound.countWith(place, this.#before.bound),
    };
  }

  everybody(): PeopleCount {
    return {
      people: this.#now.everybody.countWith(this.#before.everybody),
      bound: this.#now.everybodyBound.countWith(this.#before.everybodyBound),
    };
  }

  /** The clock was set: nobody knows of which day what was counted is. */
  void(): void {
    this.#arena.clear();
    for (const generation of [this.#now, this.#before]) generation.clear();
    this.#sinceMs = Number.NEGATIVE_INFINITY;
    this.#beganMs = Number.POSITIVE_INFINITY;
  }

  #keepTime(nowMs: number): void {
    if (nowMs < this.#beganMs) this.#beganMs = nowMs;
    if (nowMs - this.#sinceMs < dayMs) return;
    [this.#now, this.#before] = [this.#before, this.#now];
    this.#now.clear();
    this.#sinceMs = nowMs;
    // What nobody has used for two days goes first from now on.
    for (let place = 0; place < places; place += 1)
      this.#arena.evidence[place] = this.#now.people.countWith(place, this.#before.people);
  }

  #forget(place: number): void {
    for (const generation of [this.#now, this.#before]) generation.forget(place);
  }
}

/** One bitmap for everybody: linear counting. */
class Everybody {
  readonly #bits = new Uint32Array(everybodyBits / 32);

  get bytes(): number {
    return this.#bits.byteLength;
  }

  note(person: number): void {
    const bit = (person ^ Math.floor(person / 0x1_0000_0000)) & (everybodyBits - 1);
    this.#bits[bit >>> 5] = (this.#bits[bit >>> 5] as number) | (1 << (bit & 31));
  }

  countWith(other: Everybody): number {
    let set = 0;
    for (let at = 0; at < this.#bits.length; at += 1) {
      let word = (this.#bits[at] as number) | (other.#bits[at] as number);
      for (; word !== 0; word &= word - 1) set += 1;
    }
    return Math.round(everybodyBits * Math.log(everybodyBits / Math.max(1, everybodyBits - set)));
  }

  clear(): void {
    this.#bits.fill(0);
  }
}

/** What was counted in one day. */
class Generation {
  readonly people = new DistinctCounts(places);
  readonly bound = new DistinctCounts(places);
  readonly everybody = new Everybody();
  readonly everybodyBound = new Everybody();

  get bytes(): number {
    return this.people.bytes + this.bound.bytes + 2 * this.everybody.bytes;
  }

  forget(place: number): void {
    this.people.forget(place);
    this.bound.forget(place);
  }

  clear(): void {
    for (const one of [this.people, this.bound, this.everybody, this.everybodyBound]) one.clear();
  }
}
