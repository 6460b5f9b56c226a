import { hotp } from "../../packages/identity/src/factors/totp.ts";

/** The authenticator key that a page shows (RFC 4648 section 6). */
export function secretOn(page: string): Buffer {
  const text = (/<code>([A-Z2-7 ]+)<\/code>/.exec(page)?.[1] ?? "").replaceAll(" ", "");
  const bits = Array.from(text, (character) =>
    "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567".indexOf(character).toString(2).padStart(5, "0"),
  ).join("");
  return Buffer.from((bits.match(/.{8}/g) ?? []).map((byte) => Number.parseInt(byte, 2)));
}

/** What an authenticator app shows now. */
export const codeNow = (secret: Buffer, steps = 0): string =>
  hotp(secret, Math.floor(Date.now() / 30_000) + steps);
