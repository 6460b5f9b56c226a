import { createHash } from "node:crypto";
import type { GuessTable } from "../store/guesses.ts";

/** Who is guessing: counted apart, so that strangers cannot use up the tries of the owner. */
export interface Guesser {
  /** What is guessed at: an e-mail address, whether or not anybody has it. */
  readonly account: string;
  /** The caller's network. */
  readonly address: string;
  /** A browser that has signed in to this account before, by the name in its cookie. */
  readonly knownDevice: string | undefined;
}

/**
 * Tries that are judged without a wait; after them, each wait is twice as long as the one before.
 */
const freeTries = { account: 10, device: 10, address: 60 } as const;
const mostWaitMs = 15 * 60_000;
/** NIST SP 800-63B-4 section 3.2.2: at most a hundred in a row. */
const mostInARow = 100;
const forgetMs = 24 * 3_600_000;

/**
 * Bounds guessing (ASVS 6.3.1) without locking anybody out: what is counted against an account from
 * strange devices never stands in the way of a known one.
 */
export class Guesses {
  readonly #table: GuessTable;
  readonly #now: () => number;

  constructor(table: GuessTable, now: () => number) {
    this.#table = table;
    this.#now = now;
  }

  /** @returns how long to wait before another try is judged at all; 0: now */
  async waitMs(guesser: Guesser): Promise<number> {
    const now = this.#now();
    let longest = 0;
    for (const { free, key } of keysOf(guesser)) {
      const tries = await this.#table.find(key);
      if (tries === undefined || now - tries.lastAtMs > forgetMs || tries.failures < free) continue;
      const wait =
        tries.failures >= mostInARow
          ? mostWaitMs * 4
          : Math.min(mostWaitMs, 1000 * 2 ** (tries.failures - free));
      longest = Math.max(longest, tries.lastAtMs + wait - now);
    }
    return Math.max(0, longest);
  }

  /** Counts a try before it is judged, so that tries at the same moment are all counted. */
  async count(guesser: Guesser): Promise<void> {
    const now = this.#now();
    for (const { key } of keysOf(guesser)) await this.#table.count(key, now, now - forgetMs);
  }

  /**
   * The password was right: what was counted against this device and account is forgotten, and this
   * try is taken back from the count of its network.
   */
  async forgive(guesser: Guesser): Promise<void> {
    for (const { free, key } of keysOf(guesser)) {
      if (free === freeTries.address) await this.#table.takeBack(key);
      else await this.#table.forget(key);
    }
  }
}

function keysOf({
  account,
  address,
  knownDevice,
}: Guesser): { readonly key: string; readonly free: number }[] {
  const name = createHash("sha256").update(account).digest("base64url").slice(0, 22);
  if (knownDevice !== undefined)
    return [{ key: `device:${name}:${knownDevice}`, free: freeTries.device }];
  return [
    { key: `account:${name}`, free: freeTries.account },
    { key: `address:${address}`, free: freeTries.address },
  ];
}
