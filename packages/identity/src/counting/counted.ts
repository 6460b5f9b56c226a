/** Something that may be tried or asked for so often, and not more. */
export interface CountedThing {
  /** What is counted together. */
  readonly per: string;
  /** So many at once. */
  readonly limit: number;
  /** After those, one more each time that this has passed. */
  readonly oneMoreEveryMs: number;
  /** What success does to the count; without it, what was taken stays taken. */
  readonly afterSuccess?: "forgotten" | "given-back";
}

/**
 * Who tries. Each is counted apart: what strangers do at an account uses up the tries of strangers
 * alone, never those of its owner.
 *
 * - `stranger`: a device or browser that this account does not know;
 * - `known`: one in which this account was signed in before;
 * - `reached`: whoever has typed the code that was mailed to the account's address.
 */
export type Standing = "stranger" | "known" | "reached";

const minute = 60_000;
const hour = 60 * minute;

const byStrangers = { per: "account, for all devices that are new to it together" } as const;
const byKnown = { per: "account and device that it knows" } as const;
const byReached = { per: "account, for whoever has typed the code mailed to its address" } as const;
const byNetwork = { per: "network of the caller" } as const;

const guess = { limit: 10, oneMoreEveryMs: hour, afterSuccess: "forgotten" } as const;
/** Many people share a network: success takes back the one try, not the failures of others. */
const fromNetwork = { limit: 100, oneMoreEveryMs: minute / 2, afterSuccess: "given-back" } as const;
const message = { limit: 5, oneMoreEveryMs: 20 * minute } as const;

/**
 * Everything that sign-in counts. There is no other way to count than a row here: whatever sends a
 * code asks for what `Counters` gives only after counting.
 */
export const counted = {
  "password-stranger": { ...byStrangers, ...guess },
  "password-known": { ...byKnown, ...guess },
  "password-reached": { ...byReached, ...guess },
  "password-network": { ...byNetwork, ...fromNetwork },
  "second-stranger": { ...byStrangers, ...guess },
  "second-known": { ...byKnown, ...guess },
  "second-reached": { ...byReached, ...guess },
  "second-network": { ...byNetwork, ...fromNetwork },
  "passkey-network": { ...byNetwork, ...fromNetwork },
  "reset-stranger": { ...byStrangers, ...message },
  "reset-known": { ...byKnown, ...message },
  "reset-reached": { ...byReached, ...message },
  "new-device-mail-stranger": { ...byStrangers, ...message },
  "new-device-mail-known": { ...byKnown, ...message },
  "new-device-mail-reached": { ...byReached, ...message },
  "text-stranger": { ...byStrangers, ...message },
  "text-known": { ...byKnown, ...message },
  "text-reached": { ...byReached, ...message },
  "text-of-owner": { per: "account, on its own page", ...message },
  "address-of-owner": { per: "account, on its own page", ...message },
  "sign-up": { per: "address", ...message },
  "reach-mail": { per: "address", limit: 3, oneMoreEveryMs: 20 * minute },
  "mail-network": { ...byNetwork, limit: 100, oneMoreEveryMs: minute / 2 },
  "reach-network": { ...byNetwork, ...fromNetwork },
  "sign-in-begun-in-all": { per: "issuer", limit: 20_000, oneMoreEveryMs: 50 },
  "sign-in-begun-network": { ...byNetwork, limit: 1000, oneMoreEveryMs: 2000 },
  "sign-in-pushed-in-all": { per: "issuer", limit: 20_000, oneMoreEveryMs: 5 },
  "sign-in-pushed-network": { ...byNetwork, limit: 1000, oneMoreEveryMs: 100 },
} as const satisfies Readonly<Record<string, CountedThing>>;

export type CountedName = keyof typeof counted;

/** Tries of a code that was sent; they are counted in the row of the code, and end with it. */
export const triesOfACode = 5;
