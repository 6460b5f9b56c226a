import { base64url } from "../bytes.ts";
import { defaultRandom } from "../platform-defaults.ts";
import type { LockPort, RandomPort, VaultEntry, VaultPort } from "../ports.ts";

/** A keychain or keystore that keeps texts by name: expo-secure-store, react-native-keychain. */
export interface Keychain {
  get(name: string): Promise<string | null | undefined>;
  set(name: string, value: string): Promise<unknown>;
  remove(name: string): Promise<unknown>;
}

/** Ordinary storage, for a mark and nothing else. */
export interface MarkStorage {
  get(name: string): Promise<string | null | undefined>;
  set(name: string, value: string): Promise<unknown>;
}

const prefix = "portcullis.";
const markName = "portcullis.installed";
const known = ["session", "sign-in", "to-revoke"];
const plainStores = /async[-_ ]?storage|local[-_ ]?storage|mmkv/i;

/**
 * A vault in the platform's keychain.
 *
 * @param lock writing is done under it, because keychains cannot compare and set
 * @param installed where it is marked that this installation has run: iOS keeps the keychain when
 *   an app is removed, and the session of whoever had the phone before must not wake up with the
 *   next one
 * @throws Error for storage that anybody with the device can read
 */
export function keychainVault(
  keychain: Keychain,
  lock: LockPort,
  installed: MarkStorage,
  random: RandomPort = defaultRandom,
): VaultPort {
  if (plainStores.test(keychain.constructor?.name ?? ""))
    throw new Error(
      "tokens are not kept in plain storage: give the keychain (expo-secure-store, react-native-keychain)",
    );
  const cleaned = (async () => {
    if ((await installed.get(markName)) === "yes") return;
    for (const name of known) await keychain.remove(`${prefix}${name}`);
    await installed.set(markName, "yes");
  })();
  const read = async (name: string): Promise<VaultEntry | undefined> => {
    await cleaned;
    const text = await keychain.get(`${prefix}${name}`);
    const split = text?.indexOf("\n") ?? -1;
    return text === null || text === undefined || split === -1
      ? undefined
      : { version: text.slice(0, split), value: text.slice(split + 1) };
  };
  return {
    read,
    compareAndSet: (name, expected, value) =>
      lock.withLock(`vault ${name}`, 5000, async () => {
        if ((await read(name))?.version !== expected) return false;
        if (value === undefined) await keychain.remove(`${prefix}${name}`);
        else await keychain.set(`${prefix}${name}`, `${base64url(random(16))}\n${value}`);
        return true;
      }),
  };
}
