import { createCipheriv, createDecipheriv, createHash, hkdfSync, randomBytes } from "node:crypto";
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { readOrMake } from "../files/whole-file.ts";
import type { Sealing } from "@portcullis/identity/store";

const leastBytes = 32;
const ivBytes = 12;
const tagBytes = 16;
const nameBytes = 4;

/** The sealing of this program's store, which can tell what an older key has sealed. */
export interface StoreSealing extends Sealing {
  /** Whether it was sealed with the key that seals now. */
  isCurrent(sealed: Uint8Array): boolean;
}

interface SealingKey {
  readonly name: Buffer;
  readonly key: Buffer;
  readonly master: Buffer;
}

/** @param masters the current key first; those behind it only open */
export function createSealing(masters: readonly Uint8Array[]): StoreSealing {
  const keys = masters.map(
    (master): SealingKey => ({
      name: createHash("sha256")
        .update(derive(master, "name", 32))
        .digest()
        .subarray(0, nameBytes),
      key: derive(master, "store", 32),
      master: Buffer.from(master),
    }),
  );
  const [current] = keys;
  if (current === undefined) throw new RangeError("there is no key to seal with");
  return {
    seal(text, place) {
      const iv = randomBytes(ivBytes);
      const cipher = createCipheriv("aes-256-gcm", current.key, iv);
      cipher.setAAD(Buffer.from(place));
      return Buffer.concat([
        current.name,
        iv,
        cipher.update(text, "utf8"),
        cipher.final(),
        cipher.getAuthTag(),
      ]);
    },
    open(sealed, place) {
      const bytes = Buffer.from(sealed.buffer, sealed.byteOffset, sealed.byteLength);
      const name = bytes.subarray(0, nameBytes);
      const fitting = keys.find((key) => key.name.equals(name));
      if (fitting === undefined)
        throw new Error(
          "it was sealed with a key that is not here " +
            "(PORTCULLIS_KEY names the current key first, older ones behind it)",
        );
      const decipher = createDecipheriv(
        "aes-256-gcm",
        fitting.key,
        bytes.subarray(nameBytes, nameBytes + ivBytes),
      );
      decipher.setAAD(Buffer.from(place));
      decipher.setAuthTag(bytes.subarray(bytes.length - tagBytes));
      return (
        decipher.update(
          bytes.subarray(nameBytes + ivBytes, bytes.length - tagBytes),
          undefined,
          "utf8",
        ) + decipher.final("utf8")
      );
    },
    isCurrent: (sealed) =>
      Buffer.from(sealed.buffer, sealed.byteOffset, nameBytes).equals(current.name),
    derive: (use, bytes) => derive(current.master, `use:${use}`, bytes),
  };
}

const derive = (master: Uint8Array, info: string, bytes: number): Buffer =>
  Buffer.from(hkdfSync("sha256", master, "portcullis", info, bytes));

/**
 * The keys that seal the store: PORTCULLIS_KEY (several with commas between, the current one
 * first), PORTCULLIS_KEY_FILE, or one of this machine's own.
 *
 * @throws Error in words for a person
 */
export function sealingKeys(
  directory: string,
  environment: Readonly<Record<string, string | undefined>>,
): readonly Uint8Array[] {
  const { PORTCULLIS_ENV: kind, PORTCULLIS_KEY: given, PORTCULLIS_KEY_FILE: named } = environment;
  if (given !== undefined && given.trim() !== "") return readKeys(given, "PORTCULLIS_KEY");
  if (named !== undefined && named !== "") return readKeys(readFileSync(named, "utf8"), named);
  const file = join(directory, "store-key");
  if (kind === "production" && !existsSync(file))
    throw new Error(
      "PORTCULLIS_ENV=production refuses a store whose key lies beside it.\n" +
        "Set PORTCULLIS_KEY (or PORTCULLIS_KEY_FILE) to a key made with: openssl rand -base64 32",
    );
  return readKeys(readOrMake(file, () => randomBytes(leastBytes).toString("base64")).text, file);
}

function readKeys(text: string, where: string): readonly Uint8Array[] {
  return text
    .split(/[,\n]/)
    .filter((part) => part.trim() !== "")
    .map((part, index) => {
      const bytes = Buffer.from(part.trim(), "base64");
      if (bytes.length < leastBytes)
        throw new Error(
          `${where}, key ${index + 1}: it holds fewer than ${leastBytes} bytes in base64. ` +
            "Make one with: openssl rand -base64 32",
        );
      return bytes;
    });
}
