/**
 * Encrypts what must not be read in a copy of the database (AES-256-GCM), and derives the program's
 * other secrets.
 */
export interface Sealing {
  /**
   * @param place what the text belongs to, such as `factors/f-1`: sealed there, it opens nowhere
   * else
   */
  seal(text: string, place: string): Uint8Array;
  /** @throws Error when it was sealed elsewhere, with a key that is not here, or changed since */
  open(sealed: Uint8Array, place: string): string;
  /** A secret of its own for one use, the same on every node that has the key. */
  derive(use: string, bytes: number): Buffer;
}
