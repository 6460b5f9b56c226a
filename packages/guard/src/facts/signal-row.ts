import { number, type RecordMemory, word } from "./record-rows.ts";
import type { AnswerOutcome } from "./reserved.ts";
import type { Signal } from "./signal.ts";
import {
  isKeyShownInWord,
  outcomeOfWord,
  roleOfWord,
  signalWord,
  wasShownInWord,
} from "./signal-word.ts";

/** Eight numbers of a row are its signal; a record without one leaves all but a word as they were. */
export function writeSignal(memory: RecordMemory, row: number, signal: Signal | undefined): void {
  const { numbers, words } = memory;
  if (signal === undefined) {
    words[row + word.signal] = 0;
    return;
  }
  const eight = row >> 1;
  numbers[eight + number.target] = signal.target;
  numbers[eight + number.address] = signal.address;
  numbers[eight + number.network] = signal.network;
  numbers[eight + number.device] = signal.device;
  numbers[eight + number.subject] = signal.subject;
  numbers[eight + number.object] = signal.object;
  words[row + word.shape] = signal.shape;
  words[row + word.signal] = signalWord(signal);
}

/** The signal of a row, read where it stands; good until the next row is read. */
export class SignalRow implements Signal {
  readonly #memory: RecordMemory;
  #at = 0;

  constructor(memory: RecordMemory) {
    this.#memory = memory;
  }

  /** @param at where the row begins, in words */
  at(at: number): this | undefined {
    this.#at = at;
    return this.#memory.words[at + word.signal] === 0 ? undefined : this;
  }

  get role(): Signal["role"] {
    return roleOfWord(this.#word(word.signal));
  }

  get outcome(): AnswerOutcome {
    return outcomeOfWord(this.#word(word.signal));
  }

  get isKeyShown(): boolean {
    return isKeyShownInWord(this.#word(word.signal));
  }

  get wasShown(): boolean | undefined {
    return wasShownInWord(this.#word(word.signal));
  }

  get target(): number {
    return this.#number(number.target);
  }

  get address(): number {
    return this.#number(number.address);
  }

  get network(): number {
    return this.#number(number.network);
  }

  get device(): number {
    return this.#number(number.device);
  }

  get subject(): number {
    return this.#number(number.subject);
  }

  get object(): number {
    return this.#number(number.object);
  }

  get shape(): number {
    return this.#word(word.shape);
  }

  #word(place: number): number {
    return this.#memory.words[this.#at + place] as number;
  }

  #number(place: number): number {
    return this.#memory.numbers[(this.#at >> 1) + place] as number;
  }
}
