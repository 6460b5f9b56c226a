import type { Account, Accounts } from "../../people/accounts.ts";
import type { Pending } from "../sign-in-parts.ts";

/** Whom a sign-in is about, and the epoch of the account at the first proof. */
export const whoIs = ({ epoch, id }: Account): NonNullable<Pending["who"]> => ({
  accountId: id,
  epoch,
});

/**
 * The account that a sign-in is about, if all is as it was at the first proof: not where somebody
 * has replaced the password, signed out everywhere or disabled the account meanwhile. Every step
 * goes through here.
 */
export async function standingAccount(
  { accounts }: { readonly accounts: Accounts },
  { who }: Pick<Pending, "who">,
): Promise<Account | undefined> {
  if (who === undefined) return undefined;
  const account = await accounts.byId(who.accountId);
  return account === undefined || account.disabled || account.epoch !== who.epoch
    ? undefined
    : account;
}
