/** Bytes are counted in pieces of this size: a chunk of one byte costs as much to keep. */
const pieceBytes = 256;
/** Who has not signed in leaves the other part to those who have. */
const shareOfStrangers = 0.5;

const [ofAll, ofStrangers] = [0, 1];
const wordsEach = 2;

/** Memory in which all gate threads count what they hold; plain data, so that it travels to them. */
export interface SharedBytes {
  readonly memory: SharedArrayBuffer;
  /** How many bytes all threads may hold together. */
  readonly most: number;
}

/** @param threads with those that end while another has taken their place already */
export const allocateSharedBytes = (most: number, threads: number): SharedBytes => ({
  memory: new SharedArrayBuffer((threads + 1) * wordsEach * 4),
  most,
});

/** What a thread that has ended held: it cannot give it back itself. */
export function giveBackAllOf({ memory }: SharedBytes, thread: number): void {
  const words = new Int32Array(memory);
  const own = (thread + 1) * wordsEach;
  for (const word of [ofAll, ofStrangers])
    Atomics.sub(words, word, Atomics.exchange(words, own + word, 0));
}

/**
 * One budget for all bodies and answers that are held for callers, over all threads. Without it, a
 * few hundred callers who each leave out the last byte of a body, or do not read, would fill the
 * memory.
 */
export class ByteBudget {
  readonly #words: Int32Array;
  readonly #most: number;
  /** Where this thread's own part is counted. */
  readonly #own: number;

  /** @param thread which of the threads this one is; it begins with nothing */
  constructor(shared: SharedBytes, thread = 0) {
    const { memory, most } = shared;
    this.#words = new Int32Array(memory);
    this.#most = Math.floor(most / pieceBytes);
    this.#own = (thread + 1) * wordsEach;
    giveBackAllOf(shared, thread);
  }

  /** @returns how many pieces were taken, to be given back; 0 where there was no room */
  take(bytes: number, isStranger: boolean): number {
    const pieces = Math.max(1, Math.ceil(bytes / pieceBytes));
    if (isStranger && !this.#add(ofStrangers, pieces, this.#most * shareOfStrangers)) return 0;
    if (this.#add(ofAll, pieces, this.#most)) return pieces;
    if (isStranger) this.#sub(ofStrangers, pieces);
    return 0;
  }

  give(pieces: number, isStranger: boolean): void {
    if (pieces === 0) return;
    this.#sub(ofAll, pieces);
    if (isStranger) this.#sub(ofStrangers, pieces);
  }

  #add(word: number, pieces: number, most: number): boolean {
    if (Atomics.add(this.#words, word, pieces) + pieces > most) {
      Atomics.sub(this.#words, word, pieces);
      return false;
    }
    Atomics.add(this.#words, this.#own + word, pieces);
    return true;
  }

  #sub(word: number, pieces: number): void {
    Atomics.sub(this.#words, word, pieces);
    Atomics.sub(this.#words, this.#own + word, pieces);
  }
}

/** 128 MiB: with what a small gate needs beside it, a machine of 512 MiB has room for that. */
export const usualHeldBytes = 134_217_728;
