import type { Account } from "../../people/accounts.ts";
import { audit } from "../../people/audit.ts";
import type { EndingOptions } from "../../people/sessions.ts";
import { type Happening, tellOwner } from "../notices.ts";
import type { Taken } from "../../counting/counters.ts";
import type { SignInParts } from "../sign-in-parts.ts";
import type { Say } from "../texts/speak.ts";

/** Somebody at their account page, signed in a moment ago. */
export interface Visit {
  readonly parts: SignInParts;
  readonly account: Account;
  readonly say: Say;
  /** Ties forms, challenges and secrets to this browser's session. */
  readonly sessionName: string;
  /** By which this browser is known to the account, where its cookie names it. */
  readonly browserId: string | undefined;
}

/** What the account page shows beside what it always shows. */
export interface AccountView {
  readonly said?: string;
  readonly fault?: string;
  readonly codes?: readonly string[];
  readonly secret?: Buffer;
  readonly phoneAsked?: boolean;
  /** The address that a code was sent to. */
  readonly emailAsked?: string;
}

/** One change that somebody asks for on their page, and what the page says then. */
export type AccountChange = (visit: Visit, field: (name: string) => string) => Promise<AccountView>;

/**
 * Ends everything that was begun for the account, but for the browser in which it is asked for:
 * forms that were made for it stay good.
 */
export const endElsewhere = (
  { account, browserId, parts, sessionName }: Visit,
  because: string,
  also?: EndingOptions["also"],
): Promise<number> =>
  parts.sessions.endEverything(account.id, because, {
    kept: { sessionUid: sessionName, browserId },
    ...(also === undefined ? {} : { also }),
  });

/**
 * Writes a change down and tells the account's owner of it.
 *
 * @param undone what `it was not me` takes back
 */
export async function noted(
  { account, parts, say }: Visit,
  action: string,
  details?: Readonly<Record<string, string>>,
  undone: Omit<Happening, "event"> = {},
): Promise<AccountView> {
  await audit(parts.store.audit, parts.now(), {
    actor: `user:${account.id}`,
    action,
    about: `user:${account.id}`,
    ...(details === undefined ? {} : { details }),
  });
  tellOwner(parts, account, say.locale, { event: action, ...undone });
  return { said: say("saved") };
}

export const refused = ({ say }: Visit): AccountView => ({ fault: say("wrong") });

/**
 * Bounds how many messages somebody can have sent, which cost money and annoy who receives them.
 *
 * @returns what to say to somebody who has had too many
 */
export async function countMessage(
  { account, parts: { counters }, say }: Visit,
  thing: "text-of-owner" | "address-of-owner",
): Promise<Taken | string> {
  const taken = await counters.take({ thing, about: account.id });
  return "waitMs" in taken ? say("wait", Math.ceil(taken.waitMs / 1000)) : taken;
}
