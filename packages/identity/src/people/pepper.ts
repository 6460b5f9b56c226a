import { createHmac, randomBytes } from "node:crypto";
import type { Sealing } from "../store/sealing.ts";
import type { SecretTable } from "../store/secrets.ts";

const pepperBytes = 32;
const place = (name: string): string => `secrets/${name}`;

/**
 * What is mixed into every password before it is hashed: a copy of the database without the store's
 * key is of no use for guessing (NIST SP 800-63B-4 section 3.1.1.2). It lies in the database, sealed
 * under the store's key: when that key is changed it is sealed again, and all hashes stay good.
 */
export class Pepper {
  /** Stands in the hashes, so that each says what it was made with. */
  readonly name = "pepper-1";
  readonly #secrets: SecretTable;
  readonly #sealing: Sealing;
  #key: Promise<Buffer> | undefined;

  constructor(secrets: SecretTable, sealing: Sealing) {
    this.#secrets = secrets;
    this.#sealing = sealing;
  }

  async mix(password: Buffer): Promise<Buffer> {
    this.#key ??= this.#read().catch((fault: unknown) => {
      // The store may be away for a moment: the next sign-in asks it again.
      this.#key = undefined;
      throw fault;
    });
    return createHmac("sha256", await this.#key)
      .update(password)
      .digest();
  }

  async #read(): Promise<Buffer> {
    const made = this.#sealing.seal(randomBytes(pepperBytes).toString("base64"), place(this.name));
    const kept = await this.#secrets.keepOnce(this.name, made);
    return Buffer.from(this.#sealing.open(kept, place(this.name)), "base64");
  }
}
