import { createHash, randomBytes, timingSafeEqual } from "node:crypto";
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";

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
  let token: string | undefined;
  try {
    token = readFileSync(file, "utf8").trim();
  } catch (fault) {
    if ((fault as NodeJS.ErrnoException).code !== "ENOENT") throw fault;
  }
  const made = token === undefined;
  if (token === undefined) {
    token = randomBytes(32).toString("base64url");
    mkdirSync(directory, { recursive: true, mode: 0o700 });
    writeFileSync(file, `${token}\n`, { mode: 0o600, flag: "wx" });
  }
  if (token.length < 32)
    throw new Error(
      `${file} holds fewer than 32 characters. Remove it, and the next start makes a new one.`,
    );
  const expected = digest(token);
  return { file, made, fits: (presented) => timingSafeEqual(digest(presented), expected) };
}
