import type { Account } from "../../people/accounts.ts";
import type { Standing } from "../../counting/counted.ts";
import type { Spent, Taken, Wish } from "../../counting/counters.ts";
import { browserIdOf, knownSinceMs } from "../known-browser.ts";
import type { Pending, SignInParts } from "../sign-in-parts.ts";
import type { Say } from "../texts/speak.ts";
import { mustWait, type Outcome, type Submission } from "./step.ts";

type Tried = "password" | "second" | "reset" | "new-device-mail" | "text";

/** Who tries something, in the eyes of one account. */
export interface Guesser {
  readonly standing: Standing;
  /** What tries of this standing are counted by. */
  readonly about: string;
  readonly network: string;
  /** The address that is tried, for whoever shows to read its mail. */
  readonly email: string | undefined;
}

/**
 * @param email as it was typed, or as the account has it
 * @param account undefined where there is none: the store is asked the same
 */
export async function guesserOf(
  parts: SignInParts,
  submission: Pick<Submission, "knownCookie" | "network" | "pending" | "provenDevice">,
  email: string | undefined,
  account: Account | undefined,
  name: string,
): Promise<Guesser> {
  const { network, pending } = submission;
  const device = await knownTo(parts, submission, account);
  const who = { network, email };
  if (pending.reached !== undefined && pending.reached === email)
    return { ...who, standing: "reached", about: name };
  return device === undefined
    ? { ...who, standing: "stranger", about: name }
    : { ...who, standing: "known", about: `${name}\n${device}` };
}

/**
 * Counts a try before it is judged, and a message before it is sent. Tries of strangers are counted
 * by their network as well, which bounds one caller who tries many accounts.
 */
export const count = (
  { counters }: SignInParts,
  tried: Tried,
  { about, network, standing }: Guesser,
): Promise<Taken | Spent> => {
  const wish: Wish = { thing: `${tried}-${standing}`, about };
  return standing === "stranger"
    ? counters.take(wish, { thing: networkOf[tried], about: network })
    : counters.take(wish);
};

const networkOf = {
  password: "password-network",
  second: "second-network",
  reset: "mail-network",
  "new-device-mail": "mail-network",
  text: "mail-network",
} as const;

/**
 * Too much was tried. Whoever owns the account can go on at once, with a new device too: by a code
 * that is mailed to the account's address. Nothing is judged meanwhile, so that this tells nobody
 * whether a password was right, or whether there is an account.
 */
export const spent = (
  say: Say,
  { waitMs }: Spent,
  { email, standing }: Guesser,
  link?: Pending["link"],
): Outcome =>
  mustWait(
    say,
    waitMs,
    email === undefined || standing === "reached"
      ? undefined
      : { step: "reach", email, ...(link === undefined ? {} : { link }) },
  );

/**
 * A device on which this account was signed in before: by the name in its browser's cookie, or
 * by its key. The store is
 * asked the same for accounts that are not there.
 */
export async function knownTo(
  { now, store }: SignInParts,
  { knownCookie, provenDevice }: Pick<Submission, "knownCookie" | "provenDevice">,
  account: Account | undefined,
): Promise<string | undefined> {
  const accountId = account?.id ?? "";
  if (provenDevice !== undefined)
    return (await store.devices.isKnown(accountId, provenDevice)) ? provenDevice : undefined;
  const browser = browserIdOf(knownCookie);
  if (browser === undefined) return undefined;
  const isKnown = await store.knownBrowsers.isKnown(accountId, browser, knownSinceMs(now()));
  return isKnown ? browser : undefined;
}
