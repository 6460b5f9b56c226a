/**
 * Steps over the bytes of a JSON text (RFC 8259 sections 2 to 7). Each returns the place behind what
 * it read, or `noJson`.
 */
export const noJson = -1;

const [quote, minus, dot, zero, nine, backslash] = [0x22, 0x2d, 0x2e, 0x30, 0x39, 0x5c];
const words: Readonly<Record<number, Uint8Array>> = {
  0x74: Buffer.from("true"),
  0x66: Buffer.from("false"),
  0x6e: Buffer.from("null"),
};

const isBlank = (byte: number | undefined): boolean =>
  byte === 0x20 || byte === 0x0a || byte === 0x0d || byte === 0x09;
const isDigit = (byte: number | undefined): boolean =>
  byte !== undefined && byte >= zero && byte <= nine;
const isHex = (byte: number | undefined): boolean =>
  isDigit(byte) || (byte !== undefined && (byte | 0x20) >= 0x61 && (byte | 0x20) <= 0x66);

export function behindBlanks(bytes: Uint8Array, from: number): number {
  let at = from;
  while (isBlank(bytes[at])) at += 1;
  return at;
}

/** A number or one of the three words. */
export function behindScalar(bytes: Uint8Array, from: number): number {
  const byte = bytes[from];
  if (byte === minus || isDigit(byte)) return behindNumber(bytes, from);
  const word = byte === undefined ? undefined : words[byte];
  if (word === undefined) return noJson;
  for (let at = 0; at < word.length; at += 1) if (bytes[from + at] !== word[at]) return noJson;
  return from + word.length;
}

/** @param from its opening quote */
export function behindString(bytes: Uint8Array, from: number): number {
  for (let at = from + 1; at < bytes.length; at += 1) {
    const byte = bytes[at] as number;
    if (byte === quote) return at + 1;
    if (byte < 0x20) return noJson;
    if (byte !== backslash) continue;
    at = lastOfEscape(bytes, at + 1);
    if (at === noJson) return noJson;
  }
  return noJson;
}

const plainEscapes: ReadonlySet<number | undefined> = new Set(Buffer.from('"\\/bfnrt'));

function lastOfEscape(bytes: Uint8Array, at: number): number {
  if (plainEscapes.has(bytes[at])) return at;
  if (bytes[at] !== 0x75) return noJson;
  for (let digit = 1; digit <= 4; digit += 1) if (!isHex(bytes[at + digit])) return noJson;
  return at + 4;
}

function behindNumber(bytes: Uint8Array, from: number): number {
  let at = bytes[from] === minus ? from + 1 : from;
  if (!isDigit(bytes[at])) return noJson;
  at = bytes[at] === zero ? at + 1 : behindDigits(bytes, at);
  if (bytes[at] === dot) {
    if (!isDigit(bytes[at + 1])) return noJson;
    at = behindDigits(bytes, at + 1);
  }
  if (((bytes[at] ?? 0) | 0x20) !== 0x65) return at;
  at += bytes[at + 1] === 0x2b || bytes[at + 1] === minus ? 2 : 1;
  return isDigit(bytes[at]) ? behindDigits(bytes, at) : noJson;
}

function behindDigits(bytes: Uint8Array, from: number): number {
  let at = from;
  while (isDigit(bytes[at])) at += 1;
  return at;
}
