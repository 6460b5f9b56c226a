import { createCipheriv, createDecipheriv, randomBytes } from "node:crypto";
import { createSealing, sealingKeys } from "../store/sealing.ts";

const ivBytes = 12;
const tagBytes = 16;

/**
 * What seals whom pseudonyms stand for: the current key first, behind it those that only open.
 *
 * @throws Error in words for a person, where the key cannot be read
 */
export const subjectKeys = (
  directory: string,
  environment: Readonly<Record<string, string | undefined>>,
): readonly Uint8Array[] =>
  sealingKeys(directory, environment).map((master) =>
    createSealing([master]).derive("record-subjects", 32),
  );

/** Tied to its pseudonym: it cannot be put beside another. */
export function sealSubject(key: Uint8Array, pseudonym: string, subject: string): string {
  const iv = randomBytes(ivBytes);
  const cipher = createCipheriv("aes-256-gcm", key, iv).setAAD(Buffer.from(pseudonym));
  const sealed = [iv, cipher.update(subject, "utf8"), cipher.final(), cipher.getAuthTag()];
  return Buffer.concat(sealed).toString("base64");
}

/** @returns undefined where none of the keys has sealed it */
export function openSubject(
  keys: readonly Uint8Array[],
  pseudonym: string,
  sealed: string,
): string | undefined {
  const bytes = Buffer.from(sealed, "base64");
  for (const key of keys)
    try {
      const decipher = createDecipheriv("aes-256-gcm", key, bytes.subarray(0, ivBytes));
      decipher.setAAD(Buffer.from(pseudonym));
      decipher.setAuthTag(bytes.subarray(-tagBytes));
      const text = decipher.update(bytes.subarray(ivBytes, -tagBytes), undefined, "utf8");
      return text + decipher.final("utf8");
    } catch {
      // Another key has sealed it.
    }
  return undefined;
}
