import { randomBytes } from "node:crypto";
import { join } from "node:path";
import { readOrMake } from "../files/whole-file.ts";
import type { Policy } from "../policy/program-policy.ts";
import { canSeal } from "@portcullis/guard/ownership";
import { readSecret } from "./read-secret.ts";

const leastBytes = 32;

/**
 * The secrets that seal ids, the current one first: those that the policy names, or one of this
 * machine's own.
 *
 * @throws Error in words for a person
 */
export function sealingSecrets(
  policy: Policy,
  folder: string,
  directory: string,
  environment: Readonly<Record<string, string | undefined>>,
): readonly Uint8Array[] {
  if (policy.sealedIds === undefined) return [];
  if (!canSeal())
    throw new Error("this Node cannot seal ids (its OpenSSL has no AES-SIV). Use Node 26.");
  if (policy.sealingKeys !== undefined)
    return policy.sealingKeys.map((secret, index) =>
      bytesOf(
        readSecret(secret, `sealingKeys, entry ${index + 1}`, folder, environment),
        `sealingKeys, entry ${index + 1}`,
      ),
    );
  if (environment["PORTCULLIS_ENV"] === "production")
    throw new Error(
      "ids are sealed, and no key is named. PORTCULLIS_ENV=production refuses one that only this " +
        "machine has: every node must have the same.\nName it: sealingKeys: " +
        "[{ env: PORTCULLIS_SEALING_KEY }], made with: openssl rand -base64 32",
    );
  const file = join(directory, "sealing-key");
  const { text } = readOrMake(file, () => randomBytes(leastBytes).toString("base64"));
  return [bytesOf(text, file)];
}

function bytesOf(text: string, where: string): Uint8Array {
  const bytes = Buffer.from(text, "base64");
  if (bytes.length < leastBytes)
    throw new Error(
      `${where}: it holds fewer than ${leastBytes} bytes in base64. Make one with: openssl rand -base64 32`,
    );
  return bytes;
}
