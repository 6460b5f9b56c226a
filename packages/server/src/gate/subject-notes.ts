import { sealSubject } from "../keys/sealed-subjects.ts";

/** A pseudonym, and whom it stands for, sealed. */
export type SealedSubject = readonly [pseudonym: string, sealed: string];

const dayMs = 86_400_000;
const slots = 1 << 17;
/** Beyond them, somebody's stands there from another request of theirs. */
const mostGathered = 10_000;

/**
 * Whom pseudonyms of this day stand for, told once for each. Which were told is remembered in fixed
 * memory: where two meet, one is told again.
 */
export class SubjectNotes {
  readonly #key: Uint8Array;
  readonly #told = new Float64Array(slots);
  #day = 0;
  #gathered: SealedSubject[] = [];

  constructor(key: Uint8Array) {
    this.#key = key;
  }

  note(pseudonym: string, subject: string, atMs: number): void {
    const day = Math.floor(atMs / dayMs);
    if (day !== this.#day) {
      this.#told.fill(0);
      this.#day = day;
    }
    const mark = markOf(pseudonym);
    const slot = mark % slots;
    if (this.#told[slot] === mark || this.#gathered.length >= mostGathered) return;
    this.#told[slot] = mark;
    this.#gathered.push([pseudonym, sealSubject(this.#key, pseudonym, subject)]);
  }

  /** @returns undefined where there are none */
  take(): { readonly day: string; readonly subjects: readonly SealedSubject[] } | undefined {
    if (this.#gathered.length === 0) return undefined;
    const subjects = this.#gathered;
    this.#gathered = [];
    return { day: new Date(this.#day * dayMs).toISOString().slice(0, 10), subjects };
  }
}

/** 48 bits of the hash that a pseudonym is. */
function markOf(pseudonym: string): number {
  let mark = 1;
  for (let index = 0; index < 8; index += 1)
    mark = (mark * 67 + pseudonym.charCodeAt(index)) % 281_474_976_710_656;
  return mark;
}
