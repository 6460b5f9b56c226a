import { argon2, randomBytes, timingSafeEqual } from "node:crypto";
import { inTurn } from "./hashing-turns.ts";
import type { Sealing } from "../store/sealing.ts";
import type { SecretTable } from "../store/secrets.ts";
import { Pepper } from "./pepper.ts";

/** OWASP's least for argon2id: 19 MiB, two passes. */
const cost = { memory: 19_456, passes: 2, parallelism: 1 } as const;
const saltBytes = 16;
const tagBytes = 32;
const form =
  /^\$argon2id\$v=19\$m=(\d{1,8}),t=(\d{1,3}),p=(\d{1,2})(?:,keyid=([A-Za-z0-9+/]{1,11}))?\$([A-Za-z0-9+/]{16,})\$([A-Za-z0-9+/]{16,})$/;

interface Cost {
  readonly memory: number;
  readonly passes: number;
  readonly parallelism: number;
}

const plain = (bytes: Uint8Array): string =>
  Buffer.from(bytes).toString("base64").replace(/=+$/, "");

/**
 * How passwords are kept: HMAC-SHA-256 under a secret of this program, then argon2id with a salt of
 * its own, in the PHC string form. `keyid` names the secret; hashes without it were made before
 * there was one.
 */
export class Passwords {
  readonly #pepper: Pepper;
  readonly #keyId: string;
  #nobody: Promise<string> | undefined;

  constructor(secrets: SecretTable, sealing: Sealing) {
    this.#pepper = new Pepper(secrets, sealing);
    this.#keyId = plain(Buffer.from(this.#pepper.name));
  }

  /** @throws Busy when too many wait for a hash */
  async hash(password: string): Promise<string> {
    const salt = randomBytes(saltBytes);
    const message = await this.#pepper.mix(bytesOf(password));
    const tag = await derive(message, salt, cost, tagBytes);
    return `${this.#head()}$${plain(salt)}$${plain(tag)}`;
  }

  /**
   * @param kept undefined where there is no such account: the same work is done, so that time does
   * not tell
   * @throws Busy when too many wait for a hash
   */
  async verify(password: string, kept: string | undefined): Promise<boolean> {
    this.#nobody ??= this.hash(randomBytes(16).toString("hex")).catch((fault: unknown) => {
      this.#nobody = undefined;
      throw fault;
    });
    const nobody = await this.#nobody;
    const match = form.exec(kept ?? nobody);
    if (match === null) return false;
    const [, memory, passes, parallelism, keyId, salt = "", tag = ""] = match;
    if (keyId !== undefined && keyId !== this.#keyId) return false;
    const expected = Buffer.from(tag, "base64");
    const own = bytesOf(password);
    const found = await derive(
      keyId === undefined ? own : await this.#pepper.mix(own),
      Buffer.from(salt, "base64"),
      { memory: Number(memory), passes: Number(passes), parallelism: Number(parallelism) },
      expected.length,
    );
    return timingSafeEqual(found, expected) && kept !== undefined;
  }

  /** Whether it was made in another way than hashes are made now. */
  isOutdated(kept: string): boolean {
    return !kept.startsWith(`${this.#head()}$`);
  }

  #head(): string {
    const { memory, parallelism, passes } = cost;
    return `$argon2id$v=19$m=${memory},t=${passes},p=${parallelism},keyid=${this.#keyId}`;
  }
}

const bytesOf = (password: string): Buffer => Buffer.from(password.normalize("NFC"));

/** Worked out by a thread of Node's pool, never by the one that answers. */
const derive = (
  message: Buffer,
  nonce: Uint8Array,
  { memory, parallelism, passes }: Cost,
  tagLength: number,
): Promise<Buffer> =>
  inTurn(
    () =>
      new Promise((resolve, reject) => {
        argon2(
          "argon2id",
          { message, nonce, memory, passes, parallelism, tagLength },
          (fault, tag) => (fault === null ? resolve(Buffer.from(tag)) : reject(fault)),
        );
      }),
  );
