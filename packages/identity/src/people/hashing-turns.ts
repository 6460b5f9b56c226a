import { availableParallelism } from "node:os";

const mostWaiting = 200;
/** Node answers files and names of hosts by the same four threads: one stays free for those. */
const mostAtOnce = 3;

/**
 * Too many sign-ins wait for their hash already. Some are refused for a moment, so that the machine
 * goes on answering the others.
 */
export class Busy extends Error {}

/**
 * Hashing takes a core for 25 ms, on a thread of its own. One core stays free for everybody who is
 * already signed in.
 */
class Turns {
  #free = Math.min(mostAtOnce, Math.max(1, availableParallelism() - 1));
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

/** @throws Busy when too many wait */
export async function inTurn<T>(work: () => Promise<T>): Promise<T> {
  await turns.take();
  try {
    return await work();
  } finally {
    turns.give();
  }
}
