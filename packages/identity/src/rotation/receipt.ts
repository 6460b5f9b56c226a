import { createCipheriv, createDecipheriv, hkdfSync, randomBytes } from "node:crypto";

const ivBytes = 12;
const tagBytes = 16;

/** An answer that was given for a token, and the key it was given to. */
export interface Receipt {
  readonly body: Readonly<Record<string, unknown>>;
  readonly keyThumbprint: string | undefined;
}

/**
 * Seals an answer under the very token it answers: whoever has the database and not the token has
 * nothing.
 */
export function sealReceipt(receipt: Receipt, token: string): Uint8Array {
  const iv = randomBytes(ivBytes);
  const cipher = createCipheriv("aes-256-gcm", receiptKey(token), iv);
  return Buffer.concat([
    iv,
    cipher.update(JSON.stringify(receipt), "utf8"),
    cipher.final(),
    cipher.getAuthTag(),
  ]);
}

/** @throws Error when another token was answered */
export function openReceipt(sealed: Uint8Array, token: string): Receipt {
  const bytes = Buffer.from(sealed.buffer, sealed.byteOffset, sealed.byteLength);
  const tagAt = bytes.length - tagBytes;
  const decipher = createDecipheriv("aes-256-gcm", receiptKey(token), bytes.subarray(0, ivBytes));
  decipher.setAuthTag(bytes.subarray(tagAt));
  return JSON.parse(
    decipher.update(bytes.subarray(ivBytes, tagAt), undefined, "utf8") + decipher.final("utf8"),
  ) as Receipt;
}

const receiptKey = (token: string): Buffer =>
  Buffer.from(hkdfSync("sha256", token, "portcullis", "rotation receipt", 32));
