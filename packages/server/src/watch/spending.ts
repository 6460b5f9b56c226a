import { networkOf } from "@portcullis/guard/tokens";

/** What somebody has asked for at one operation, since it was told last. Plain data: it travels. */
export interface Spent {
  /** By which limits count the caller; undefined where nobody has signed in. */
  readonly user: string | undefined;
  /** The network that limits count the address by. */
  readonly address: string;
  readonly operation: string;
  requests: number;
  /** What the limits say that they cost. */
  cost: number;
  /** How many of them were refused because they were too many. */
  held: number;
}

export interface SpendingTold {
  readonly spent: readonly Spent[];
  /** Whether only some requests were looked at, each of them counted for several. */
  readonly isSampled: boolean;
}

/** So many requests are looked at before only every second one is, and so on, until it is told. */
const lookedAtOnce = 1024;

/**
 * Who spends how much at this thread. Where there are many requests only some are looked at, one in
 * as many as it takes, chosen by chance: then a request costs the gate no more than a subtraction.
 */
export class Spending {
  readonly #random: () => number;
  #spent = new Map<string, Spent>();
  /** Each request that is looked at stands for so many. */
  #each = 1;
  /** So many requests pass unseen before the next is looked at. */
  #unseen = 0;
  #looked = 0;
  #isSampled = false;

  constructor(random: () => number = Math.random) {
    this.#random = random;
  }

  note(
    address: string,
    user: string | undefined,
    operation: string,
    cost: number,
    isHeld: boolean,
  ): void {
    if (this.#unseen > 0) {
      this.#unseen -= 1;
      return;
    }
    const network = networkOf(address);
    const key = `${network}\n${operation}\n${user ?? ""}`;
    let spent = this.#spent.get(key);
    if (spent === undefined) {
      spent = { user, address: network, operation, requests: 0, cost: 0, held: 0 };
      this.#spent.set(key, spent);
    }
    spent.requests += this.#each;
    spent.cost += cost * this.#each;
    if (isHeld) spent.held += this.#each;
    this.#next();
  }

  /** Hands over what was counted since the last time; undefined where nothing was. */
  take(): SpendingTold | undefined {
    // As sparsely as it takes for so many as there were.
    const isQuiet = this.#looked < lookedAtOnce / 4;
    this.#looked = 0;
    if (isQuiet && this.#each > 1) {
      this.#each /= 2;
      this.#unseen >>= 1;
    }
    if (this.#spent.size === 0) return undefined;
    const told = { spent: [...this.#spent.values()], isSampled: this.#isSampled };
    this.#spent = new Map();
    this.#isSampled = this.#each > 1;
    return told;
  }

  #next(): void {
    this.#looked += 1;
    if (this.#looked >= lookedAtOnce) {
      this.#looked = 0;
      this.#each *= 2;
      this.#isSampled = true;
    }
    // As many on the average; by chance, so that no caller can keep in step with it.
    if (this.#each > 1) this.#unseen = Math.floor(this.#random() * (2 * this.#each - 1));
  }
}
