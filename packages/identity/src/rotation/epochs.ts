import type { AdapterPayload } from "oidc-provider";
import type { AccountRecord } from "../store/accounts.ts";
import type { OidcRecord } from "../store/oidc-records.ts";
import type { Tables } from "../store/store.ts";
import type { UnitOfWork } from "./unit-of-work.ts";

/** A person that a record is about, and the account's epoch under which what it is of began. */
export interface Bearer {
  readonly accountId: string;
  readonly epoch: number;
}

/** Accounts begin with it; so do records from before epochs were kept. */
const firstEpoch = 1;

/** What an interaction says of people: who was signed in, who has proved it, and who is about to. */
interface InteractionPeople {
  readonly session?: Partial<Bearer>;
  readonly lastSubmission?: { readonly login?: Partial<Bearer> };
  readonly result?: {
    readonly login?: Partial<Bearer>;
    readonly pending?: { readonly who?: Bearer };
  };
}

/**
 * Everybody a record is about. Browser sessions, grants, codes and refresh tokens are one person's,
 * and their row says the epoch; an interaction may name several people, and says each one's beside
 * the name. Pushed requests and proofs are about nobody.
 */
export function bearersOf(
  { epoch, model }: Pick<OidcRecord, "epoch" | "model">,
  payload: AdapterPayload,
): readonly Bearer[] {
  if (model !== "Interaction")
    return payload.accountId === undefined
      ? []
      : [{ accountId: payload.accountId, epoch: epoch ?? firstEpoch }];
  const { lastSubmission, result, session } = payload as InteractionPeople;
  return [session, lastSubmission?.login, result?.login, result?.pending?.who].flatMap((one) =>
    one?.accountId === undefined
      ? []
      : [{ accountId: one.accountId, epoch: one.epoch ?? firstEpoch }],
  );
}

/**
 * Whether all of them are as they were when it began. A password that was replaced, a factor that
 * was removed, a sign-out everywhere and a disabled account each raise the epoch: whatever carries
 * the one before is over, whoever holds it.
 */
export async function stillStand(
  bearers: readonly Bearer[],
  work: UnitOfWork | undefined,
  { accounts }: Pick<Tables, "accounts">,
): Promise<boolean> {
  for (const { accountId, epoch } of bearers) {
    const account = await personOf(accountId, work, accounts);
    if (account === undefined || account.epoch !== epoch) return false;
    work?.epochs.set(accountId, epoch);
  }
  return true;
}

/**
 * The epoch under which a request acts for an account: the one that it was let in with, though it
 * may have risen meanwhile. What such a request writes is over when it is written.
 */
export async function epochUnder(
  work: UnitOfWork,
  accountId: string,
  { accounts }: Pick<Tables, "accounts">,
): Promise<number | undefined> {
  const known = work.epochs.get(accountId);
  if (known !== undefined) return known;
  const account = await personOf(accountId, work, accounts);
  if (account !== undefined) work.epochs.set(accountId, account.epoch);
  return account?.epoch;
}

/** An interaction of somebody who is signed in says under which epoch that is. */
export function withSessionEpoch(payload: AdapterPayload, epoch: number): AdapterPayload {
  const { session } = payload as InteractionPeople;
  return { ...payload, session: { epoch, ...session } };
}

/** Read once in a request. */
async function personOf(
  accountId: string,
  work: UnitOfWork | undefined,
  accounts: Tables["accounts"],
): Promise<AccountRecord | undefined> {
  if (work?.people.has(accountId) === true) return work.people.get(accountId);
  const account = await accounts.byId(accountId);
  work?.people.set(accountId, account);
  return account;
}
