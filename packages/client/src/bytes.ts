/**
 * Texts as bytes and back. Written out, because the engines of phones lack TextEncoder, TextDecoder
 * and btoa in versions that are in use.
 */
export function utf8(text: string): Uint8Array<ArrayBuffer> {
  const units = encodeURIComponent(text).replace(/%(..)/g, (_all, hex: string) =>
    String.fromCharCode(Number.parseInt(hex, 16)),
  );
  const bytes = new Uint8Array(units.length);
  for (let index = 0; index < units.length; index += 1) bytes[index] = units.charCodeAt(index);
  return bytes;
}

const alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";

/** RFC 4648 section 5, without padding. */
export function base64url(bytes: Uint8Array): string {
  let text = "";
  for (let index = 0; index < bytes.length; index += 3) {
    const rest = bytes.length - index;
    const three =
      ((bytes[index] as number) << 16) | ((bytes[index + 1] ?? 0) << 8) | (bytes[index + 2] ?? 0);
    for (let place = 0; place < Math.min(4, rest + 1); place += 1)
      text += alphabet[(three >> (18 - 6 * place)) & 63];
  }
  return text;
}

/** @returns undefined where it is no base64url of UTF-8 */
export function textOfBase64url(text: string): string | undefined {
  let bits = 0;
  let held = 0;
  let escaped = "";
  for (const letter of text) {
    const value = alphabet.indexOf(letter);
    if (value === -1) return undefined;
    bits = ((bits << 6) | value) & 0xffff;
    held += 6;
    if (held < 8) continue;
    held -= 8;
    escaped += `%${(0x100 | ((bits >> held) & 0xff)).toString(16).slice(1)}`;
  }
  try {
    return decodeURIComponent(escaped);
  } catch {
    return undefined;
  }
}
