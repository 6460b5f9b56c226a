import { createHmac, randomBytes, timingSafeEqual } from "node:crypto";

const stepSeconds = 30;
const digits = 6;
const secretBytes = 20;
/**
 * Codes of the step before and the step after are taken too: clocks differ, and typing takes time.
 */
const skew = 1;
const alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";

/** RFC 4226 section 5.3. */
export function hotp(
  secret: Uint8Array,
  counter: number,
  length = digits,
  algorithm = "sha1",
): string {
  const moving = Buffer.alloc(8);
  moving.writeBigUInt64BE(BigInt(counter));
  const mac = createHmac(algorithm, secret).update(moving).digest();
  const offset = (mac.at(-1) as number) & 0x0f;
  return String((mac.readUInt32BE(offset) & 0x7fffffff) % 10 ** length).padStart(length, "0");
}

/**
 * RFC 6238. @returns the time step whose code it is, so that the step can be spent; undefined when
 * it is the code of none
 */
export function totpStep(secret: Uint8Array, code: string, nowSeconds: number): number | undefined {
  if (!/^\d{6}$/.test(code)) return undefined;
  const now = Math.floor(nowSeconds / stepSeconds);
  let found: number | undefined;
  for (let step = now - skew; step <= now + skew; step += 1)
    if (timingSafeEqual(Buffer.from(hotp(secret, step)), Buffer.from(code))) found = step;
  return found;
}

export const newTotpSecret = (): Buffer => randomBytes(secretBytes);

/** RFC 4648 section 6, without padding: what authenticator apps are typed. */
export function base32(bytes: Uint8Array): string {
  let bits = "";
  for (const byte of bytes) bits += byte.toString(2).padStart(8, "0");
  return (bits.match(/.{1,5}/g) ?? [])
    .map((five) => alphabet[Number.parseInt(five.padEnd(5, "0"), 2)])
    .join("");
}

/** What an authenticator app opens. */
export function totpUri(secret: Uint8Array, service: string, person: string): string {
  const [issuer, account] = [encodeURIComponent(service), encodeURIComponent(person)];
  return (
    `otpauth://totp/${issuer}:${account}?secret=${base32(secret)}&issuer=${issuer}` +
    `&algorithm=SHA1&digits=${digits}&period=${stepSeconds}`
  );
}
