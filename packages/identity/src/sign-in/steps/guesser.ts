import type { Account } from "../../people/accounts.ts";
import type { Guesser } from "../../people/guesses.ts";
import { browserIdOf, knownSinceMs } from "../known-browser.ts";
import type { SignInParts } from "../sign-in-parts.ts";
import type { Submission } from "./step.ts";

/** Whose tries a submission is counted among. */
export async function guesserOf(
  parts: SignInParts,
  submission: Submission,
  name: string,
  account?: Account,
): Promise<Guesser> {
  return {
    account: name,
    address: submission.network,
    knownDevice: await knownTo(parts, submission, account),
  };
}

/**
 * A device on which this account was signed in before: by the name in its browser's cookie, or by
 * its key. The store is asked the same for accounts that are not there.
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
