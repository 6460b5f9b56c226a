import { type ReactNativeKeychain, reactNativeKeychain } from "../adapters/keychains.ts";
import {
  type PhoneKeys,
  phonePlatform,
  type PhoneRest,
  redirectOf,
} from "../adapters/phone-platform.ts";
import { defaultHash, defaultRandom } from "../platform-defaults.ts";
import type { Platform, RandomPort } from "../ports.ts";

export type { ReactNativeKeychain } from "../adapters/keychains.ts";
export type { PhoneKeys, PhoneRest, PlainStorage } from "../adapters/phone-platform.ts";
export type { Curve } from "../adapters/curve-key.ts";

/** What react-native-inappbrowser-reborn exports as InAppBrowser, as far as it is used. */
export interface InAppBrowser {
  openAuth(
    url: string,
    redirectUri: string,
    options?: object,
  ): Promise<{ readonly type: string; readonly url?: string }>;
}

export type ReactNativeParts = PhoneKeys &
  PhoneRest & {
    readonly keychain: ReactNativeKeychain;
    readonly inAppBrowser: InAppBrowser;
    /** Unless the app imports react-native-get-random-values before everything else. */
    readonly random?: RandomPort;
    /** The keychain group that the app shares with its extensions (iOS). */
    readonly accessGroup?: string;
  };

/**
 * A platform for React Native without Expo. The packages are given to it, so that the client installs
 * none and takes whichever version the app has.
 */
export function reactNativePlatform(parts: ReactNativeParts): Platform {
  const { accessGroup, inAppBrowser, keychain, random = defaultRandom } = parts;
  // A platform without random numbers is told of at once, not at the first sign-in.
  random(1);
  return phonePlatform(
    {
      keychain: reactNativeKeychain(keychain, accessGroup),
      random,
      hash: defaultHash,
      browser: {
        open: async (url, redirectUri) =>
          redirectOf(
            await inAppBrowser.openAuth(url, redirectUri, {
              ephemeralWebSession: false,
              enableUrlBarHiding: true,
              showInRecents: true,
            }),
          ),
      },
    },
    parts,
  );
}
