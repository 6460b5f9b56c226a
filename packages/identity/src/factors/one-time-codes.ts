import { createHash, randomBytes, randomInt, timingSafeEqual } from "node:crypto";
import { triesOfACode } from "../counting/counted.ts";
import type { Taken } from "../counting/counters.ts";
import type { OneTimeCodeTable } from "../store/one-time-codes.ts";
import type { Sealing } from "../store/sealing.ts";
import { base32 } from "./totp.ts";

const lifeMs = 10 * 60_000;
const digits = 8;
const longLifeMs = 60 * 60_000;
const byHandLifeMs = 24 * 60 * 60_000;
const longBytes = 10;
/** As many as the column can count. */
const anyNumber = 2 ** 31 - 1;

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

  /**
   * @param attempt what the code is bound to: the sign-in it was asked in
   * @param _taken that it will be sent was counted
   */
  async make(purpose: string, attempt: string, about: string, _taken: Taken): Promise<string> {
    const code = String(randomInt(10 ** digits)).padStart(digits, "0");
    await this.#put(purpose, attempt, about, code, lifeMs);
    return code;
  }

  /**
   * A code that is bound to an address and not to an attempt: whoever reads the mail can use it,
   * whoever has asked for it. It has 80 random bits, so that no number of tries finds it, and
   * strangers cannot spend its tries.
   */
  async makeLong(purpose: string, about: string, _taken: Taken): Promise<string> {
    const code = base32(randomBytes(longBytes)).toLowerCase();
    await this.#put(purpose, about, about, code, longLifeMs);
    return code.replace(/(.{4})(?=.)/g, "$1-");
  }

  /** The same, handed over by an administrator: nothing is sent. Good for a day. */
  async makeByHand(purpose: string, about: string): Promise<string> {
    const code = base32(randomBytes(longBytes)).toLowerCase();
    await this.#put(purpose, about, about, code, byHandLifeMs);
    return code.replace(/(.{4})(?=.)/g, "$1-");
  }

  /** @returns whether it is the code of this address; once */
  async useLong(purpose: string, about: string, code: string): Promise<boolean> {
    const plain = code.toLowerCase().replaceAll("-", "");
    return (await this.#use(purpose, about, plain, anyNumber)) === about;
  }

  /** For what is not sent and needs no typing, such as a challenge that a device answers. */
  async keep(purpose: string, attempt: string, about: string): Promise<void> {
    await this.#put(purpose, attempt, about, "", lifeMs);
  }

  /** @returns what was kept, once; undefined when there is none, or it is too late */
  async take(purpose: string, attempt: string): Promise<string | undefined> {
    return this.#table.take(idOf(purpose, attempt), this.#now());
  }

  /**
   * @returns what the code was made about; undefined when it is not right, too late or tried too
   * often
   */
  async use(purpose: string, attempt: string, code: string): Promise<string | undefined> {
    return this.#use(purpose, attempt, code, triesOfACode);
  }

  async #put(
    purpose: string,
    attempt: string,
    about: string,
    code: string,
    forMs: number,
  ): Promise<void> {
    const id = idOf(purpose, attempt);
    await this.#table.put({
      id,
      purpose,
      about,
      sealed: this.#sealing.seal(code, `one_time_codes/${id}`),
      expiresAtMs: this.#now() + forMs,
    });
  }

  async #use(
    purpose: string,
    attempt: string,
    code: string,
    mostAttempts: number,
  ): Promise<string | undefined> {
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
