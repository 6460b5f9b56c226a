import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";

/** Shorter ones are refused by their length, whatever they are. */
export const leastCommon = 8;
/**
 * Of the SHA-256 of each. Among the million million values of 40 bits, a password that is not in
 * the list is taken for one that is once in ten million times.
 */
const entryBytes = 5;

/** What stands in the file for a password in small letters. The file is sorted by it. */
export const entryOf = (lowerCase: string): Buffer =>
  createHash("sha256").update(lowerCase).digest().subarray(0, entryBytes);

let list: Buffer | undefined;

/**
 * Whether it is among the passwords that guessers try first, in whatever letter case. The list is
 * half a megabyte, read at the first question.
 */
export function isCommonPassword(password: string): boolean {
  list ??= readFileSync(new URL("../../data/common-passwords.bin", import.meta.url));
  const wanted = entryOf(password.normalize("NFC").toLowerCase());
  let low = 0;
  let high = list.length / entryBytes;
  while (low < high) {
    const middle = (low + high) >>> 1;
    const start = middle * entryBytes;
    const order = wanted.compare(list, start, start + entryBytes);
    if (order === 0) return true;
    if (order > 0) low = middle + 1;
    else high = middle;
  }
  return false;
}
