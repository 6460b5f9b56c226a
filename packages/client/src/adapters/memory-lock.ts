import { after } from "../platform-defaults.ts";
import type { LockPort } from "../ports.ts";

/** One at a time in this process. */
export class MemoryLock implements LockPort {
  readonly #tails = new Map<string, Promise<unknown>>();

  withLock<T>(name: string, leaseMs: number, work: () => Promise<T>): Promise<T> {
    const before = this.#tails.get(name) ?? Promise.resolve();
    const mine = before.then(work, work);
    const leased = Promise.race([
      mine.catch(() => undefined),
      new Promise<void>((resolve) => void after(leaseMs, resolve)),
    ]);
    this.#tails.set(name, leased);
    return mine;
  }
}
