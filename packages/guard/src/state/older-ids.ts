import type { Fingerprint } from "./provenance-rows.ts";
import { ways } from "./provenance-size.ts";

const none = -1;

/** What had to make room; ages in hours. */
export interface OlderEvents {
  onTaken(): void;
  onForgotten(age: number): void;
  onWritten(set: number): void;
}

/**
 * Ids that callers with many were shown before their newest, each with the hour in which it became
 * one of these, in sixteen-way sets. When the sets of a caller are full, its own oldest id makes
 * room before anybody else's. The sets must be locked by whoever calls.
 */
export class OlderIds {
  readonly #words: Uint32Array;
  readonly #events: OlderEvents;

  constructor(words: Uint32Array, events: OlderEvents) {
    this.#words = words;
    this.#events = events;
  }

  has(near: number, far: number, id: Fingerprint): boolean {
    return this.#find(near, id) !== none || this.#find(far, id) !== none;
  }

  /** @param owner eight bits of the caller's hash */
  keep(near: number, far: number, owner: number, id: Fingerprint, hour: number): void {
    let slot = this.#find(near, id);
    if (slot === none) slot = this.#find(far, id);
    if (slot === none) slot = this.#room(near, far, owner, hour);
    this.#words[slot * 2] = id.first;
    this.#words[slot * 2 + 1] = ((owner << 24) | (id.second << 16) | hour) >>> 0;
    this.#events.onWritten(Math.floor(slot / ways));
  }

  #find(set: number, { first, second }: Fingerprint): number {
    for (let slot = set * ways; slot < (set + 1) * ways; slot += 1)
      if (
        this.#words[slot * 2] === first &&
        (((this.#words[slot * 2 + 1] as number) >>> 16) & 0xff) === second
      )
        return slot;
    return none;
  }

  /** A free place; else the oldest of the caller's own; else the oldest. */
  #room(near: number, far: number, owner: number, hour: number): number {
    const free = this.#oldest(near, far, (slot) => (this.#words[slot * 2] === 0 ? 0 : none));
    if (free !== none) {
      this.#events.onTaken();
      return free;
    }
    const age = (slot: number): number =>
      (hour - ((this.#words[slot * 2 + 1] as number) & 0xffff)) & 0xffff;
    const own = this.#oldest(near, far, (slot) =>
      (this.#words[slot * 2 + 1] as number) >>> 24 === owner ? age(slot) : none,
    );
    const slot = own === none ? this.#oldest(near, far, age) : own;
    this.#events.onForgotten(age(slot));
    return slot;
  }

  /** The first slot with the highest age; those of the age -1 are passed over. */
  #oldest(near: number, far: number, ageOf: (slot: number) => number): number {
    let [found, most] = [none, none];
    for (const set of near === far ? [near] : [near, far])
      for (let slot = set * ways; slot < (set + 1) * ways; slot += 1) {
        const age = ageOf(slot);
        if (age > most) [found, most] = [slot, age];
      }
    return found;
  }
}
