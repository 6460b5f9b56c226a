import type { BrowserPort, LockPort, Platform, VaultEntry, VaultPort } from "../ports.ts";
import { type CryptoKeyPairLike, softwareKeys } from "./software-key.ts";

/** What of a browser this needs; spelled out, so that the package asks for no DOM types. */
interface WebWindow {
  readonly indexedDB: { open(name: string, version: number): OpenRequest };
  readonly navigator: {
    readonly locks?: { request<T>(name: string, work: () => Promise<T>): Promise<T> };
  };
  readonly location: { assign(url: string): void };
}
type OpenRequest = Request_<Database_>;
interface Request_<T> {
  readonly result: T;
  readonly error: Error | null;
  addEventListener(name: "success" | "error" | "upgradeneeded", listener: () => void): void;
}
interface Database_ {
  createObjectStore(name: string): unknown;
  transaction(
    store: string,
    mode: "readonly" | "readwrite",
  ): { objectStore(name: string): ObjectStore_ };
}
interface ObjectStore_ {
  get(key: string): Request_<unknown>;
  put(value: unknown, key: string): Request_<unknown>;
  delete(key: string): Request_<unknown>;
}

const databaseName = "portcullis";
const entries = "entries";
const pairs = "keys";

/**
 * For browsers and web views: keys that no script can read, in IndexedDB; refreshes one at a time
 * across all tabs (Web Locks). Never localStorage, which every script of the page reads as text.
 *
 * @param leave how the page goes to the issuer; it comes back as a new page, which calls
 *   `completeSignIn(location.href)`
 */
export function webPlatform(
  leave: (url: string) => void = (url) => (globalThis as unknown as WebWindow).location.assign(url),
): Platform {
  const web = globalThis as unknown as WebWindow;
  const { locks } = web.navigator;
  // Two tabs that refresh at once would be answered alike, but two that write at once would not.
  if (locks === undefined)
    throw new Error("this browser has no Web Locks, which tabs need to share a session safely");
  const store = openDatabase(web);
  const lock: LockPort = {
    withLock: (name, _leaseMs, work) => locks.request(`portcullis:${name}`, work),
  };
  const browser: BrowserPort = {
    open(url) {
      leave(url);
      // The page is gone in a moment: the next one ends the sign-in.
      return new Promise(() => undefined);
    },
  };
  return {
    keys: softwareKeys({
      get: async (name) =>
        (await ask(await store, pairs, "readonly", (one) => one.get(name))) as
          | CryptoKeyPairLike
          | undefined,
      put: async (name, pair) =>
        void (await ask(await store, pairs, "readwrite", (one) => one.put(pair, name))),
      delete: async (name) =>
        void (await ask(await store, pairs, "readwrite", (one) => one.delete(name))),
    }),
    vault: vaultOf(store),
    lock,
    browser,
  };
}

function vaultOf(store: Promise<Database_>): VaultPort {
  return {
    read: async (name) =>
      (await ask(await store, entries, "readonly", (one) => one.get(name))) as
        | VaultEntry
        | undefined,
    /** One transaction reads and writes: the browser lets no other in between. */
    async compareAndSet(name, expected, value) {
      const database = await store;
      return new Promise((resolve, reject) => {
        const objects = database.transaction(entries, "readwrite").objectStore(entries);
        const reading = objects.get(name);
        reading.addEventListener("error", () => reject(reading.error ?? new Error("not read")));
        reading.addEventListener("success", () => {
          if ((reading.result as VaultEntry | undefined)?.version !== expected) {
            resolve(false);
            return;
          }
          const writing =
            value === undefined
              ? objects.delete(name)
              : objects.put({ value, version: crypto.randomUUID() } satisfies VaultEntry, name);
          writing.addEventListener("error", () =>
            reject(writing.error ?? new Error("not written")),
          );
          writing.addEventListener("success", () => resolve(true));
        });
      });
    },
  };
}

function openDatabase({ indexedDB }: WebWindow): Promise<Database_> {
  return new Promise((resolve, reject) => {
    const opening = indexedDB.open(databaseName, 1);
    opening.addEventListener("upgradeneeded", () => {
      opening.result.createObjectStore(entries);
      opening.result.createObjectStore(pairs);
    });
    opening.addEventListener("success", () => resolve(opening.result));
    opening.addEventListener("error", () => reject(opening.error ?? new Error("not opened")));
  });
}

function ask(
  database: Database_,
  store: string,
  mode: "readonly" | "readwrite",
  what: (objects: ObjectStore_) => Request_<unknown>,
): Promise<unknown> {
  return new Promise((resolve, reject) => {
    const request = what(database.transaction(store, mode).objectStore(store));
    request.addEventListener("success", () => resolve(request.result));
    request.addEventListener("error", () => reject(request.error ?? new Error("not done")));
  });
}
