import { createHash } from "node:crypto";
import { closeSync, fstatSync, openSync, readSync } from "node:fs";
import { isCommonPassword } from "./common-passwords.ts";
import { isTooLittle, withoutWords, wordsOf } from "./own-words.ts";

export interface PasswordRules {
  /**
   * NIST SP 800-63B-4 section 3.1.1: 15 where the password stands alone, 8 beside a second factor.
   */
  readonly least: number;
  readonly breached: { readonly file: string } | { readonly url: string } | "off";
  /** Words that are the first a guesser tries here: the service's name and address. */
  readonly ownWords: readonly string[];
}

export const mostPasswordCharacters = 256;
const rangeTimeoutMs = 800;

/** Why a password cannot be used; the sign-in pages say it in the reader's language. */
export type PasswordFault = "too-short" | "too-long" | "common" | "breached" | "personal";

/**
 * Judges a password by its length and by whether guessers know it, and asks for no digits or
 * capitals: such rules make people choose worse passwords, not better ones (NIST SP 800-63B-4
 * section 3.1.1.2).
 */
export async function judgePassword(
  password: string,
  personal: readonly string[],
  rules: PasswordRules,
): Promise<PasswordFault | undefined> {
  const characters = Array.from(password.normalize("NFC")).length;
  if (characters < rules.least) return "too-short";
  if (characters > mostPasswordCharacters) return "too-long";
  const lower = password.normalize("NFC").toLowerCase();
  if (isCommonPassword(lower) || isOneThingAgain(lower)) return "common";
  // `notesnotes12345` is the name twice, and five digits that every guesser puts behind it.
  const rest = withoutWords(lower, [...personal, ...rules.ownWords].flatMap(wordsOf));
  if (rest !== undefined && (isTooLittle(rest) || isCommonPassword(rest) || isOneThingAgain(rest)))
    return "personal";
  return (await isBreached(password, rules.breached)) ? "breached" : undefined;
}

/** `aaaaaaaaaaaaaaa`, `abcabcabcabcabc`, `123456789012345`. */
function isOneThingAgain(text: string): boolean {
  for (let length = 1; length <= Math.min(6, text.length / 3); length += 1)
    if (
      text ===
      text
        .slice(0, length)
        .repeat(Math.ceil(text.length / length))
        .slice(0, text.length)
    )
      return true;
  const steps = new Set(
    Array.from(text)
      .slice(1)
      .map(
        (character, index) =>
          ((character.codePointAt(0) as number) - (text.codePointAt(index) as number) + 10) % 10,
      ),
  );
  return steps.size === 1;
}

async function isBreached(password: string, source: PasswordRules["breached"]): Promise<boolean> {
  if (source === "off") return false;
  const hash = createHash("sha1").update(password).digest("hex").toUpperCase();
  return "file" in source ? fileHas(source.file, hash) : rangeHas(source.url, hash);
}

/**
 * Asks the service with the first five characters of the hash, from which it cannot tell the
 * password. When it cannot be asked, sign-up goes on without it.
 */
async function rangeHas(url: string, hash: string): Promise<boolean> {
  try {
    const response = await fetch(`${url.replace(/\/$/, "")}/${hash.slice(0, 5)}`, {
      headers: { "Add-Padding": "true" },
      redirect: "error",
      signal: AbortSignal.timeout(rangeTimeoutMs),
    });
    if (!response.ok) return false;
    const rest = hash.slice(5);
    return (await response.text())
      .split("\n")
      .some(
        (line) => line.trim().toUpperCase().startsWith(`${rest}:`) && !line.trim().endsWith(":0"),
      );
  } catch {
    return false;
  }
}

const digestCharacters = 40;

/**
 * Looks into a sorted file of lines `HASH` or `HASH:COUNT` by binary search, so that the list may
 * be larger than memory.
 */
function fileHas(file: string, hash: string): boolean {
  const handle = openSync(file, "r");
  try {
    let low = 0;
    let high = fstatSync(handle).size;
    const buffer = Buffer.alloc(256);
    while (low < high) {
      const middle = Math.floor((low + high) / 2);
      const start = middle === 0 ? 0 : lineAfter(handle, middle, buffer);
      if (start === undefined || start >= high) {
        high = middle;
        continue;
      }
      const read = readSync(handle, buffer, 0, digestCharacters, start);
      const found = buffer.toString("latin1", 0, read).toUpperCase();
      if (found === hash) return true;
      if (found < hash) low = start + 1;
      else high = middle;
    }
    return false;
  } finally {
    closeSync(handle);
  }
}

function lineAfter(handle: number, position: number, buffer: Buffer): number | undefined {
  const read = readSync(handle, buffer, 0, buffer.length, position - 1);
  const newline = buffer.subarray(0, read).indexOf(10);
  return newline === -1 ? undefined : position + newline;
}
