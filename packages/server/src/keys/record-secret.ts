import { randomBytes } from "node:crypto";
import { existsSync } from "node:fs";
import { join } from "node:path";
import { createSealing, sealingKeys } from "../store/sealing.ts";

/**
 * What records name objects and people by: of the installation's key, so that a hash means the same
 * after a restart and on every node. Undefined where it has no key.
 *
 * @throws Error in words for a person, where the key cannot be read
 */
export function keyedRecordSecret(
  directory: string,
  environment: Readonly<Record<string, string | undefined>>,
): Uint8Array | undefined {
  const { PORTCULLIS_KEY: given, PORTCULLIS_KEY_FILE: named } = environment;
  const isKeyed = [given, named].some((one) => one !== undefined && one.trim() !== "");
  if (!isKeyed && !existsSync(join(directory, "store-key"))) return undefined;
  return createSealing(sealingKeys(directory, environment)).derive("record-names", 32);
}

/** The same, or one that lasts as long as this process. */
export const recordSecret = (...at: Parameters<typeof keyedRecordSecret>): Uint8Array =>
  keyedRecordSecret(...at) ?? randomBytes(32);
