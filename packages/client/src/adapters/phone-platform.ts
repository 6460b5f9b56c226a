import { systemClock } from "../platform-defaults.ts";
import type {
  BrowserPort,
  ClockPort,
  Fetch,
  HashPort,
  KeyPort,
  Platform,
  RandomPort,
} from "../ports.ts";
import { type Curve, curveKeys } from "./curve-key.ts";
import { type Keychain, keychainVault } from "./keychain.ts";
import { keychainLock } from "./keychain-lock.ts";

/** Ordinary storage as apps have it: AsyncStorage. One mark is written there, and no secret. */
export interface PlainStorage {
  getItem(name: string): Promise<string | null>;
  setItem(name: string, value: string): Promise<unknown>;
}

/** Where proofs are signed: by secure hardware, or by a library with a key in the keychain. */
export type PhoneKeys =
  | { readonly keys: KeyPort; readonly p256?: undefined }
  | { readonly p256: Curve; readonly keys?: undefined };

/** What any platform may be given in place of the system's own. */
export interface PhoneRest {
  readonly storage: PlainStorage;
  readonly clock?: ClockPort;
  readonly fetch?: Fetch;
}

interface Native {
  readonly keychain: Keychain;
  readonly random: RandomPort;
  readonly hash: HashPort;
  readonly browser: BrowserPort;
}

export function phonePlatform(
  { browser, hash, keychain, random }: Native,
  { clock = systemClock, fetch, keys, p256, storage }: PhoneKeys & PhoneRest,
): Platform {
  const lock = keychainLock(keychain, clock, random);
  const installed = {
    get: (name: string) => storage.getItem(name),
    set: (name: string, value: string) => storage.setItem(name, value),
  };
  return {
    keys: keys ?? curveKeys(p256, keychain, { hash, random }),
    vault: keychainVault(keychain, lock, installed, random),
    lock,
    browser,
    random,
    hash,
    clock,
    ...(fetch === undefined ? {} : { fetch }),
  };
}

/** The system's browser session says where it was led, or that the person closed it. */
export const redirectOf = (result: {
  readonly type: string;
  readonly url?: string;
}): string | undefined => (result.type === "success" ? result.url : undefined);
