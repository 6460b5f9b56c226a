import { argon2, randomBytes, timingSafeEqual } from "node:crypto";
import { availableParallelism } from "node:os";

/** OWASP's least for argon2id: 19 MiB, two passes. */
const cost = { memory: 19_456, passes: 2, parallelism: 1 } as const;
const saltBytes = 16;
const tagBytes = 32;
const mostWaiting = 200;
const form =
  /^\$argon2id\$v=19\$m=(\d{1,8}),t=(\d{1,3}),p=(\d{1,2})\$([A-Za-z0-9+/]{16,})\$([A-Za-z0-9+/]{16,})$/;

/**
 * Too many sign-ins wait for their hash already. Some are refused for a moment, so that the machine
 * goes on answering the others.
 */
export class Busy extends Error {}

/** Hashing takes a core for 25 ms. One core stays free for everybody who is already signed in. */
class Turns {
  #free = Math.max(1, availableParallelism() - 1);
  readonly #waiting: (() => void)[] = [];

  async take(): Promise<void> {
    if (this.#free > 0) {
      this.#free -= 1;
      return;
    }
    if (this.#waiting.length >= mostWaiting) throw new Busy();
    await new Promise<void>((resolve) => this.#waiting.push(resolve));
  }

  give(): void {
    const next = this.#waiting.shift();
    if (next === undefined) this.#free += 1;
    else next();
  }
}

const turns = new Turns();

interface Cost {
  readonly memory: number;
  readonly passes: number;
  readonly parallelism: number;
}

async function derive(
  password: string,
  nonce: Uint8Array,
  { memory, parallelism, passes }: Cost,
  length: number,
): Promise<Buffer> {
  await turns.take();
  try {
    return await new Promise((resolve, reject) => {
      argon2(
        "argon2id",
        {
          message: Buffer.from(password.normalize("NFC")),
          nonce,
          memory,
          passes,
          parallelism,
          tagLength: length,
        },
        (fault, tag) => (fault === null ? resolve(Buffer.from(tag)) : reject(fault)),
      );
    });
  } finally {
    turns.give();
  }
}

const plain = (bytes: Uint8Array): string =>
  Buffer.from(bytes).toString("base64").replace(/=+$/, "");

/** The password as it is kept: argon2id in the PHC string form, with a salt of its own. */
export async function hashPassword(password: string): Promise<string> {
  const salt = randomBytes(saltBytes);
  const tag = await derive(password, salt, cost, tagBytes);
  return `$argon2id$v=19$m=${cost.memory},t=${cost.passes},p=${cost.parallelism}$${plain(salt)}$${plain(tag)}`;
}

let nobody: Promise<string> | undefined;

/**
 * @param kept undefined where there is no such account: the same work is done, so that time does
 * not tell
 */
export async function verifyPassword(
  password: string,
  kept: string | undefined | null,
): Promise<boolean> {
  nobody ??= hashPassword(randomBytes(16).toString("hex"));
  const match = form.exec(kept ?? (await nobody));
  if (match === null) return false;
  const [, memory, passes, parallelism, salt = "", tag = ""] = match;
  const expected = Buffer.from(tag, "base64");
  const found = await derive(
    password,
    Buffer.from(salt, "base64"),
    { memory: Number(memory), passes: Number(passes), parallelism: Number(parallelism) },
    expected.length,
  );
  return timingSafeEqual(found, expected) && kept !== undefined && kept !== null;
}
