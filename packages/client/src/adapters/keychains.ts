import { inParts } from "./in-parts.ts";
import type { Keychain } from "./keychain.ts";

/** What expo-secure-store exports, as far as it is used. */
export interface SecureStore {
  readonly AFTER_FIRST_UNLOCK_THIS_DEVICE_ONLY: number;
  getItemAsync(key: string, options?: object): Promise<string | null>;
  setItemAsync(key: string, value: string, options?: object): Promise<void>;
  deleteItemAsync(key: string, options?: object): Promise<void>;
}

/**
 * Readable after the first unlock, so that refreshes in the background work; never in a backup,
 * never on another device.
 *
 * @param accessGroup the keychain group that the app shares with its extensions (iOS)
 */
export function expoKeychain(store: SecureStore, accessGroup?: string): Keychain {
  const options = {
    keychainService: "portcullis",
    keychainAccessible: store.AFTER_FIRST_UNLOCK_THIS_DEVICE_ONLY,
    ...(accessGroup === undefined ? {} : { accessGroup }),
  };
  // Entries of more than 2048 bytes are not promised to be kept, and tokens are longer.
  return inParts({
    get: (name) => store.getItemAsync(name, options),
    set: (name, value) => store.setItemAsync(name, value, options),
    remove: (name) => store.deleteItemAsync(name, options),
  });
}

/** What react-native-keychain exports, as far as it is used. */
export interface ReactNativeKeychain {
  readonly ACCESSIBLE: { readonly AFTER_FIRST_UNLOCK_THIS_DEVICE_ONLY: string };
  getGenericPassword(options: object): Promise<false | { readonly password: string }>;
  setGenericPassword(username: string, password: string, options: object): Promise<unknown>;
  resetGenericPassword(options: object): Promise<unknown>;
}

/** @param accessGroup the keychain group that the app shares with its extensions (iOS) */
export function reactNativeKeychain(keychain: ReactNativeKeychain, accessGroup?: string): Keychain {
  const of = (service: string): object => ({
    service,
    accessible: keychain.ACCESSIBLE.AFTER_FIRST_UNLOCK_THIS_DEVICE_ONLY,
    ...(accessGroup === undefined ? {} : { accessGroup }),
  });
  return {
    async get(name) {
      const found = await keychain.getGenericPassword(of(name));
      return found === false ? undefined : found.password;
    },
    async set(name, value) {
      if ((await keychain.setGenericPassword("portcullis", value, of(name))) === false)
        throw new Error("the keychain did not take the entry");
    },
    remove: (name) => keychain.resetGenericPassword(of(name)),
  };
}
