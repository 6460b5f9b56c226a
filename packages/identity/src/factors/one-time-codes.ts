import { createHash, randomInt, timingSafeEqual } from "node:crypto";
import type { OneTimeCodeTable } from "../store/one-time-codes.ts";
import type { Sealing } from "../store/sealing.ts";

const lifeMs = 10 * 60_000;
const mostAttempts = 5;
const digits = 8;

/**
 * Codes that are mailed: bound to the attempt they were asked in, good for ten minutes and five
 * tries, used once.
 */
export class OneTimeCodes {
  readonly #table: OneTimeCodeTable;
  readonly #sealing: Sealing;
  readonly #now: () => number;

  constructor(table: OneTimeCodeTable, sealing: Sealing, now: () => number) {
    this.#table = table;
    this.#sealing = sealing;
    this.#now = now;
  }

  /** @param attempt what the code is bound to: the sign-in it was asked in */
  async make(purpose: string, attempt: string, about: string, goodForMs = lifeMs): Promise<string> {
    const code = String(randomInt(10 ** digits)).padStart(digits, "0");
    const id = idOf(purpose, attempt);
    await this.#table.put({
      id,
      purpose,
      about,
      sealed: this.#sealing.seal(code, `one_time_codes/${id}`),
      expiresAtMs: this.#now() + goodForMs,
    });
    return code;
  }

  /**
   * For what needs no typing, such as a challenge that a device answers. @returns what it was made
   * about, once; undefined when there is none, or it is too late
   */
  async take(purpose: string, attempt: string): Promise<string | undefined> {
    return this.#table.take(idOf(purpose, attempt), this.#now());
  }

  /**
   * @returns what the code was made about; undefined when it is not right, too late or tried too
   * often
   */
  async use(purpose: string, attempt: string, code: string): Promise<string | undefined> {
    const id = idOf(purpose, attempt);
    // Counted before it is compared: of a hundred tries at the same moment only five are judged.
    const kept = await this.#table.countAttempt(id, mostAttempts, this.#now());
    if (kept === undefined) return undefined;
    const expected = Buffer.from(this.#sealing.open(kept.sealed, `one_time_codes/${id}`));
    const found = Buffer.from(code.replaceAll(/\s/g, ""));
    if (expected.length !== found.length || !timingSafeEqual(expected, found)) return undefined;
    return (await this.#table.remove(id)) ? kept.about : undefined;
  }
}

const idOf = (purpose: string, attempt: string): string =>
  createHash("sha256").update(`${purpose}\n${attempt}`).digest("base64url");
