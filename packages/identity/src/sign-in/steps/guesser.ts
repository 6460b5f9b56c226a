import type { Account } from "../../people/accounts.ts";
import type { Guesser } from "../../people/guesses.ts";
import { knownDevice } from "../known-device.ts";
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
    knownDevice: await knownTo(parts, submission, name, account),
  };
}

/**
 * A device on which this account was signed in before: by its cookie, or by its key. The store is
 * asked the same for accounts that are not there.
 */
export async function knownTo(
  { sealing, store }: SignInParts,
  { knownCookie, provenDevice }: Pick<Submission, "knownCookie" | "provenDevice">,
  name: string,
  account: Account | undefined,
): Promise<string | undefined> {
  if (provenDevice === undefined) return knownDevice(knownCookie, name, sealing);
  return (await store.devices.isKnown(account?.id ?? "", provenDevice)) ? provenDevice : undefined;
}
