import { createHash, randomInt, timingSafeEqual } from "node:crypto";
import type { Database } from "../store/open-store.ts";
import type { Sealing } from "../store/sealing.ts";

const lifeMs = 10 * 60_000;
const mostAttempts = 5;
const digits = 8;

/** Codes that are mailed: bound to the attempt they were asked in, good for ten minutes and five tries, used once. */
export class OneTimeCodes {
  readonly #db: Database;
  readonly #sealing: Sealing;
  readonly #now: () => number;

  constructor(db: Database, sealing: Sealing, now: () => number) {
    this.#db = db;
    this.#sealing = sealing;
    this.#now = now;
  }

  /** @param attempt what the code is bound to: the sign-in it was asked in */
  async make(purpose: string, attempt: string, about: string): Promise<string> {
    const code = String(randomInt(10 ** digits)).padStart(digits, "0");
    const id = idOf(purpose, attempt);
    const row = { id, purpose, about, sealed: this.#sealing.seal(code, `one_time_codes/${id}`), attempts: 0, expires_at: this.#now() + lifeMs };
    await this.#db.insertInto("one_time_codes").values(row).onConflict((conflict) => conflict.column("id").doUpdateSet({ about, sealed: row.sealed, attempts: 0, expires_at: row.expires_at })).execute();
    return code;
  }

  /** For what needs no typing, such as a challenge that a device answers. @returns what it was made about, once; undefined when there is none, or it is too late */
  async take(purpose: string, attempt: string): Promise<string | undefined> {
    const row = await this.#db.deleteFrom("one_time_codes").where("id", "=", idOf(purpose, attempt)).where("expires_at", ">", this.#now()).returning("about").executeTakeFirst();
    return row?.about;
  }

  /** @returns what the code was made about; undefined when it is not right, too late or tried too often */
  async use(purpose: string, attempt: string, code: string): Promise<string | undefined> {
    const id = idOf(purpose, attempt);
    // The try is counted before it is judged: a hundred at once are five.
    const row = await this.#db.updateTable("one_time_codes").set((eb) => ({ attempts: eb("attempts", "+", 1) })).where("id", "=", id).where("attempts", "<", mostAttempts).where("expires_at", ">", this.#now()).returningAll().executeTakeFirst();
    if (row === undefined) return undefined;
    const expected = Buffer.from(this.#sealing.open(row.sealed, `one_time_codes/${id}`));
    const found = Buffer.from(code.replaceAll(/\s/g, ""));
    if (expected.length !== found.length || !timingSafeEqual(expected, found)) return undefined;
    const { numDeletedRows } = await this.#db.deleteFrom("one_time_codes").where("id", "=", id).executeTakeFirst();
    return numDeletedRows === 1n ? row.about : undefined;
  }
}

const idOf = (purpose: string, attempt: string): string => createHash("sha256").update(`${purpose}\n${attempt}`).digest("base64url");
