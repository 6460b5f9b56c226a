import { createHash, randomBytes } from "node:crypto";
import type { Account } from "../people/accounts.ts";
import type { KnownBrowserTable } from "../store/known-browsers.ts";

/** For so long after the last sign-in a browser is known. */
export const knownSeconds = 90 * 86_400;

const nameForm = /^[\w-]{22}$/;

/**
 * The name under which the store knows a browser, from what its cookie says; undefined where it
 * says nothing of the kind. A copy of the database gives nobody a cookie.
 */
export const browserIdOf = (cookie: string | undefined): string | undefined =>
  cookie !== undefined && nameForm.test(cookie)
    ? createHash("sha256").update(`known-browser\n${cookie}`).digest("base64url").slice(0, 32)
    : undefined;

/** Since when a browser must have been seen to be known still. */
export const knownSinceMs = (nowMs: number): number => nowMs - knownSeconds * 1000;

/** A sign-in in a browser. */
export interface BrowserSignIn {
  readonly account: Account;
  readonly cookie: string | undefined;
  readonly label: string;
  readonly network: string;
}

/**
 * Somebody has signed in: the browser is known to the account from now on, by a name that nobody
 * had before. Whoever has planted a cookie there is left with a name of nothing.
 *
 * @returns the cookie
 */
export async function makeKnown(
  browsers: KnownBrowserTable,
  { account, cookie, label, network }: BrowserSignIn,
  nowMs: number,
): Promise<string> {
  const name = randomBytes(16).toString("base64url");
  const id = browserIdOf(name) as string;
  const before = browserIdOf(cookie);
  if (before !== undefined) await browsers.rename(before, id);
  await browsers.noteSignIn({
    accountId: account.id,
    id,
    epoch: account.epoch,
    label,
    network,
    lastSeenAtMs: nowMs,
  });
  return name;
}
