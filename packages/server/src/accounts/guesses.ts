import { createHash } from "node:crypto";
import type { Database } from "../store/open-store.ts";

/** Who is guessing: counted apart, so that strangers cannot use up the tries of the owner. */
export interface Guesser {
  /** What is guessed at: an e-mail address, whether or not anybody has it. */
  readonly account: string;
  /** The caller's network. */
  readonly address: string;
  /** A browser that has signed in to this account before, by the name in its cookie. */
  readonly knownDevice: string | undefined;
}

/** Tries that cost nothing; behind them each waits twice as long as the one before. */
const freeTries = { account: 10, device: 10, address: 60 } as const;
const mostWaitMs = 15 * 60_000;
/** NIST SP 800-63B-4 section 3.2.2: at most a hundred in a row. */
const mostInARow = 100;
const forgetMs = 24 * 3_600_000;

/** Bounds guessing (ASVS 6.3.1) without locking anybody out: what is counted against an account from strange devices never stands in the way of a known one. */
export class Guesses {
  readonly #db: Database;
  readonly #now: () => number;

  constructor(db: Database, now: () => number) {
    this.#db = db;
    this.#now = now;
  }

  /** @returns how long to wait before another try is judged at all; 0: now */
  async waitMs(guesser: Guesser): Promise<number> {
    const now = this.#now();
    let longest = 0;
    for (const { free, key } of keysOf(guesser)) {
      const row = await this.#db.selectFrom("guesses").selectAll().where("key", "=", key).executeTakeFirst();
      if (row === undefined || now - row.last_at > forgetMs || row.failures < free) continue;
      const wait = row.failures >= mostInARow ? mostWaitMs * 4 : Math.min(mostWaitMs, 1000 * 2 ** (row.failures - free));
      longest = Math.max(longest, row.last_at + wait - now);
    }
    return Math.max(0, longest);
  }

  /** Counted before the try is judged, so that a hundred at once are a hundred. */
  async count(guesser: Guesser): Promise<void> {
    const now = this.#now();
    for (const { key } of keysOf(guesser)) {
      await this.#db
        .insertInto("guesses")
        .values({ key, failures: 1, first_at: now, last_at: now })
        .onConflict((conflict) => conflict.column("key").doUpdateSet((eb) => ({ failures: eb.case().when("guesses.last_at", "<", now - forgetMs).then(1).else(eb("guesses.failures", "+", 1)).end(), last_at: now })))
        .execute();
    }
  }

  /** A right one: what was counted for this device and account is forgotten, and this try is taken back from its network. */
  async forgive(guesser: Guesser): Promise<void> {
    for (const { free, key } of keysOf(guesser)) {
      if (free === freeTries.address) await this.#db.updateTable("guesses").set((eb) => ({ failures: eb("failures", "-", 1) })).where("key", "=", key).where("failures", ">", 0).execute();
      else await this.#db.deleteFrom("guesses").where("key", "=", key).execute();
    }
  }
}

function keysOf({ account, address, knownDevice }: Guesser): { readonly key: string; readonly free: number }[] {
  const name = createHash("sha256").update(account).digest("base64url").slice(0, 22);
  if (knownDevice !== undefined) return [{ key: `device:${name}:${knownDevice}`, free: freeTries.device }];
  return [{ key: `account:${name}`, free: freeTries.account }, { key: `address:${address}`, free: freeTries.address }];
}
