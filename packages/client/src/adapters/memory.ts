import type { BrowserPort, Platform, VaultEntry, VaultPort } from "../ports.ts";
import { MemoryLock } from "./memory-lock.ts";
import { type CryptoKeyPairLike, softwareKeys } from "./software-key.ts";

export { MemoryLock } from "./memory-lock.ts";

/** Keeps everything as long as the process lives: for servers, scripts and tests. */
export class MemoryVault implements VaultPort {
  readonly #entries = new Map<string, VaultEntry>();
  #writes = 0;

  read(name: string): Promise<VaultEntry | undefined> {
    return Promise.resolve(this.#entries.get(name));
  }

  compareAndSet(
    name: string,
    expected: string | undefined,
    value: string | undefined,
  ): Promise<boolean> {
    if (this.#entries.get(name)?.version !== expected) return Promise.resolve(false);
    if (value === undefined) this.#entries.delete(name);
    else this.#entries.set(name, { value, version: String((this.#writes += 1)) });
    return Promise.resolve(true);
  }
}

export function memoryPlatform(
  browser: BrowserPort,
  rest: Pick<Platform, "clock" | "fetch"> = {},
): Platform {
  const pairs = new Map<string, CryptoKeyPairLike>();
  return {
    keys: softwareKeys({
      get: (name) => Promise.resolve(pairs.get(name)),
      put: (name, pair) => Promise.resolve(void pairs.set(name, pair)),
      delete: (name) => Promise.resolve(void pairs.delete(name)),
    }),
    vault: new MemoryVault(),
    lock: new MemoryLock(),
    browser,
    ...rest,
  };
}
