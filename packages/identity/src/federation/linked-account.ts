import { type Account, type Accounts, readEmail } from "../people/accounts.ts";
import { audit } from "../people/audit.ts";
import type { Tables } from "../store/store.ts";
import type { UpstreamIdentity } from "./federation.ts";

export interface LinkingParts {
  readonly accounts: Accounts;
  readonly store: Pick<Tables, "audit" | "identities">;
  readonly now: () => number;
  readonly settings: {
    readonly signUp: "open" | "closed";
    /** What somebody who signs up is from the start. */
    readonly roles: readonly string[];
  };
}

/**
 * Whose account an identity at another provider is: by issuer and subject alone. An address is no
 * proof: who controls one elsewhere may not own the account that has it here. Where anybody may
 * sign up, somebody new gets an account.
 *
 * @returns undefined when it is nobody's, or the account is disabled
 */
export async function linkedAccount(
  { accounts, now, settings, store }: LinkingParts,
  { email, emailVerified, issuer, subject }: UpstreamIdentity,
): Promise<Account | undefined> {
  const linked = await store.identities.accountOf(issuer, subject);
  if (linked !== undefined) {
    const account = await accounts.byId(linked);
    return account?.disabled === true ? undefined : account;
  }
  if (settings.signUp !== "open") return undefined;
  const read = email === undefined || !emailVerified ? undefined : readEmail(email);
  if (read !== undefined && (await accounts.byEmail(read)) !== undefined) return undefined;
  const account = await accounts.add({
    ...(read === undefined ? {} : { email: read, emailVerified: true }),
    roles: settings.roles,
  });
  await store.identities.link({ issuer, subject, accountId: account.id, linkedAtMs: now() });
  await audit(store.audit, now(), {
    actor: `user:${account.id}`,
    action: "signed-up",
    about: `user:${account.id}`,
    details: { from: issuer },
  });
  return account;
}
