const leastBytes = 1024;

/**
 * The bytes of a message until it is whole, in one piece that grows: a message that comes byte by
 * byte costs no more memory than one that comes at once.
 */
export class HeldBytes {
  #bytes: Buffer = empty;
  #length = 0;

  add(part: Buffer): void {
    const length = this.#length + part.length;
    if (length > this.#bytes.length) {
      const grown = Buffer.allocUnsafe(Math.max(leastBytes, this.#length * 2, length));
      this.#bytes.copy(grown, 0, 0, this.#length);
      this.#bytes = grown;
    }
    part.copy(this.#bytes, this.#length);
    this.#length = length;
  }

  /** Hands over what was held, and holds nothing. */
  take(): Buffer {
    const taken = this.#bytes.subarray(0, this.#length);
    this.#bytes = empty;
    this.#length = 0;
    return taken;
  }
}

const empty = Buffer.alloc(0);
