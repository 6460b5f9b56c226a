import { expoKeychain, type SecureStore } from "../adapters/keychains.ts";
import {
  type PhoneKeys,
  phonePlatform,
  type PhoneRest,
  redirectOf,
} from "../adapters/phone-platform.ts";
import type { Platform } from "../ports.ts";

export type { SecureStore } from "../adapters/keychains.ts";
export type { PhoneKeys, PhoneRest, PlainStorage } from "../adapters/phone-platform.ts";
export type { Curve } from "../adapters/curve-key.ts";

/** What expo-crypto exports, as far as it is used. */
export interface ExpoCrypto {
  getRandomValues(bytes: Uint8Array<ArrayBuffer>): Uint8Array;
  digest(algorithm: string, bytes: Uint8Array<ArrayBuffer>): Promise<ArrayBuffer>;
}

/** What expo-web-browser exports, as far as it is used. */
export interface ExpoWebBrowser {
  openAuthSessionAsync(
    url: string,
    redirectUri: string,
  ): Promise<{ readonly type: string; readonly url?: string }>;
}

export type ExpoParts = PhoneKeys &
  PhoneRest & {
    readonly secureStore: SecureStore;
    readonly crypto: ExpoCrypto;
    readonly webBrowser: ExpoWebBrowser;
    /** The keychain group that the app shares with its extensions (iOS). */
    readonly accessGroup?: string;
  };

/**
 * A platform for apps made with Expo. The packages are given to it, so that the client installs none
 * and takes whichever version the app has.
 */
export function expoPlatform(parts: ExpoParts): Platform {
  const { accessGroup, crypto, secureStore, webBrowser } = parts;
  return phonePlatform(
    {
      keychain: expoKeychain(secureStore, accessGroup),
      // Not getRandomBytes, which takes Math.random while an app is developed.
      random: (length) => crypto.getRandomValues(new Uint8Array(length)),
      hash: async (bytes) => new Uint8Array(await crypto.digest("SHA-256", bytes)),
      browser: {
        open: async (url, redirectUri) =>
          redirectOf(await webBrowser.openAuthSessionAsync(url, redirectUri)),
      },
    },
    parts,
  );
}
