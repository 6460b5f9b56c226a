/** What a byte may be part of, as bits (RFC 9110 section 5). */
export const inName = 1;
/** Of a field's value or a reason: SP, HTAB, what is visible, and bytes above ASCII. */
export const inValue = 2;

const nameMarks = "!#$%&'*+-.^_`|~";

function classOf(byte: number): number {
  const isAlphanumeric =
    (byte >= 48 && byte <= 57) || (byte >= 65 && byte <= 90) || (byte >= 97 && byte <= 122);
  const isNamed = isAlphanumeric || nameMarks.includes(String.fromCharCode(byte));
  const isValued = byte === 9 || (byte >= 32 && byte !== 127);
  return (isNamed ? inName : 0) | (isValued ? inValue : 0);
}

/** By byte. */
export const byteClasses = Uint8Array.from({ length: 256 }, (_, byte) => classOf(byte));

export const tab = 9;
export const lineFeed = 10;
export const carriageReturn = 13;
export const space = 32;
export const colon = 58;
