import { createHash, randomBytes, timingSafeEqual } from "node:crypto";
import { join } from "node:path";
import { readOrMake } from "../files/whole-file.ts";

/** The admin's own credential: made on first start, kept in a file only its owner may read. */
export interface AdminCredential {
  readonly file: string;
  readonly made: boolean;
  /** Compares in constant time. */
  fits(presented: string): boolean;
}

const digest = (text: string): Buffer => createHash("sha256").update(text).digest();

export function openAdminCredential(directory: string): AdminCredential {
  const file = join(directory, "admin-token");
  const { made, text: token } = readOrMake(file, () => randomBytes(32).toString("base64url"));
  if (token.length < 32)
    throw new Error(
      `${file} holds fewer than 32 characters. Remove it, and the next start makes a new one.`,
    );
  const expected = digest(token);
  return { file, made, fits: (presented) => timingSafeEqual(digest(presented), expected) };
}
