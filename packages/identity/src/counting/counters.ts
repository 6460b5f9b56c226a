import { createHash } from "node:crypto";
import type { CounterTable } from "../store/counters.ts";
import { counted, type CountedName, type CountedThing } from "./counted.ts";

/** One of something counted, about somebody. */
export interface Wish {
  readonly thing: CountedName;
  /** An account, an address, a device, a network: it is kept as a hash. */
  readonly about: string;
}

/** So much was done already that one has to wait. */
export interface Spent {
  readonly waitMs: number;
}

/** Proof that something was counted. The class stays in this file: only `Counters` can make it. */
class Taken {
  readonly #succeed: () => Promise<void>;

  constructor(succeed: () => Promise<void>) {
    this.#succeed = succeed;
  }

  /** What was tried has succeeded: counts are forgotten or given back, as the table says. */
  succeed(): Promise<void> {
    return this.#succeed();
  }
}

/**
 * Counts what may be tried or asked for only so often (ASVS 6.3.1). Each is counted in one
 * conditional statement before it is judged or done: of many at the same moment, no more than the
 * limit go on, on however many nodes.
 */
export class Counters {
  readonly #table: CounterTable;
  readonly #now: () => number;

  constructor(table: CounterTable, now: () => number) {
    this.#table = table;
    this.#now = now;
  }

  /** All of the wishes, or none of them: what is counted in vain is given back. */
  async take(...wishes: readonly Wish[]): Promise<Taken | Spent> {
    const keys = wishes.map(keyOf);
    const now = this.#now();
    for (const [index, { key, thing }] of keys.entries()) {
      const waitMs = await this.#table.take(key, thing.limit, thing.oneMoreEveryMs, now);
      if (waitMs === 0) continue;
      for (const before of keys.slice(0, index)) await this.#giveBack(before);
      return { waitMs };
    }
    return new Taken(async () => {
      for (const one of keys)
        if (one.thing.afterSuccess === "forgotten") await this.#table.forget(one.key);
        else if (one.thing.afterSuccess === "given-back") await this.#giveBack(one);
    });
  }

  /** What was counted for something that has come to an end. */
  async giveBack(...wishes: readonly Wish[]): Promise<void> {
    for (const wish of wishes) await this.#giveBack(keyOf(wish));
  }

  #giveBack({ key, thing }: Counter): Promise<void> {
    return this.#table.giveBack(key, thing.oneMoreEveryMs);
  }
}

export type { Taken };

interface Counter {
  readonly key: string;
  readonly thing: CountedThing;
}

const keyOf = ({ about, thing }: Wish): Counter => ({
  key: `${thing}:${createHash("sha256").update(about).digest("base64url").slice(0, 22)}`,
  thing: counted[thing],
});
