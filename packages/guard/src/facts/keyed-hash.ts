/** Which kind of name it is: a person and an object of one name have different hashes. */
export const hashKinds = {
  target: 1,
  address: 2,
  network: 3,
  device: 4,
  subject: 5,
  object: 6,
  shape: 7,
} as const;

/**
 * A hash of 53 bits under a secret, for tables in memory: fast, and nobody who lacks the secret can
 * choose names that meet. It does not hide names from whoever has it and can try them: what is kept
 * goes through an HMAC.
 */
export class KeyedHash {
  readonly #first: number;
  readonly #second: number;

  /** @param secret at least eight bytes */
  constructor(secret: Uint8Array) {
    const view = new DataView(secret.buffer, secret.byteOffset, secret.byteLength);
    this.#first = view.getInt32(0);
    this.#second = view.getInt32(4);
  }

  /** @returns a whole number from 1 to 2^53 - 1; zero for an empty text */
  of(kind: number, text: string): number {
    if (text === "") return 0;
    let one = this.#first ^ kind;
    let two = this.#second ^ Math.imul(kind, 0x9e3779b1);
    for (let at = 0; at < text.length; at += 1) {
      const letter = text.charCodeAt(at);
      one = Math.imul(one ^ letter, 0x85ebca6b);
      one = (one << 13) | (one >>> 19);
      two = Math.imul(two ^ letter, 0xc2b2ae35);
      two = (two << 17) | (two >>> 15);
    }
    return joined(one ^ text.length, two);
  }
}

/** Two hashes as one. */
export function mixHashes(one: number, two: number): number {
  const low = Math.imul((one >>> 0) ^ Math.imul(two >>> 0, 0x9e3779b1), 0x85ebca6b);
  const high = Math.imul(
    ((one / 0x1_0000_0000) >>> 0) ^ Math.imul(((two / 0x1_0000_0000) >>> 0) ^ low, 0xc2b2ae35),
    0x27d4eb2f,
  );
  return joined(low ^ high, high);
}

function joined(first: number, second: number): number {
  let one = first;
  let two = second;
  one = Math.imul(one ^ (one >>> 16), 0x85ebca6b) ^ Math.imul(two ^ (two >>> 13), 0xc2b2ae35);
  two = Math.imul(two ^ (two >>> 16), 0x85ebca6b) ^ Math.imul(one ^ (one >>> 13), 0xc2b2ae35);
  const hash = (two & 0x1f_ffff) * 0x1_0000_0000 + (one >>> 0);
  return hash === 0 ? 1 : hash;
}
