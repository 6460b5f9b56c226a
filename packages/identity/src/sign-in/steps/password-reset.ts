import { type Account, readEmail } from "../../people/accounts.ts";
import { audit } from "../../people/audit.ts";
import { judgePassword } from "../../people/password-rules.ts";
import { tellOwner } from "../notices.ts";
import type { SignInParts } from "../sign-in-parts.ts";
import type { Say } from "../texts/speak.ts";
import { afterFirst } from "./first-proof.ts";
import { count, guesserOf, spent } from "./guesser.ts";
import { standingAccount, whoIs } from "./standing.ts";
import { type Outcome, type Submission, wrong } from "./step.ts";
import { sendText } from "./text-message.ts";

export async function askForReset(parts: SignInParts, submission: Submission): Promise<Outcome> {
  const { attempt, field, say } = submission;
  const email = readEmail(field("email"));
  if (email === undefined) return wrong(say);
  const account = await parts.accounts.byEmail(email);
  const guesser = await guesserOf(parts, submission, email, account, email);
  const taken = await count(parts, "reset", guesser);
  if ("waitMs" in taken) return spent(say, taken, guesser);
  const code = await parts.codes.make(
    "reset",
    attempt,
    account === undefined || account.disabled ? "" : `${account.id} ${account.epoch}`,
    taken,
  );
  if (account !== undefined && !account.disabled)
    parts.mailer.send({ to: email, purpose: "reset", locale: say.locale, code });
  return { next: { step: "reset-code", email } };
}

export async function takeResetCode(
  { codes }: SignInParts,
  { attempt, field, say }: Submission,
): Promise<Outcome> {
  const about = await codes.use("reset", attempt, field("code"));
  const [accountId = "", epoch] = (about ?? "").split(" ");
  return accountId === ""
    ? wrong(say)
    : { next: { step: "reset-password", who: { accountId, epoch: Number(epoch) } } };
}

export async function resetPassword(parts: SignInParts, submission: Submission): Promise<Outcome> {
  const { field, pending, say } = submission;
  const account = await standingAccount(parts, pending);
  if (account === undefined) return wrong(say);
  const judged = await judgePassword(
    field("password"),
    [account.email ?? ""],
    parts.settings.passwords,
  );
  if (judged !== undefined) return { fault: say(judged) };
  const passwordHash = await parts.passwords.hash(field("password"));
  // The mailbox alone is one proof. Who has a second one is asked for it, or whoever reads the mail
  // could take the account.
  const factors = await parts.factors.of(account.id);
  const hasTotp = factors.some(({ kind }) => kind === "totp");
  if (hasTotp || (parts.texter !== undefined && factors.some(({ kind }) => kind === "phone")))
    return {
      next: {
        step: "second",
        who: whoIs(account),
        amr: ["pwd"],
        passwordHash,
        ...(hasTotp ? {} : { texted: await sendText(parts, submission, account) }),
      },
    };
  const changed = await replacePassword(parts, account, passwordHash, say);
  if (changed === undefined) return wrong(say);
  return afterFirst(
    parts,
    { ...submission, knownCookie: undefined },
    { ...changed, emailVerified: true },
    ["pwd"],
  );
}

/**
 * Whoever knew the old password is signed out with it, wherever they are and however far they have
 * come.
 *
 * @returns the account as it is then; undefined when it is gone
 */
export async function replacePassword(
  parts: SignInParts,
  account: Account,
  passwordHash: string,
  say: Say,
): Promise<Account | undefined> {
  await parts.sessions.endEverything(account.id, "password-changed", {
    also: ({ accounts }) => accounts.setPasswordHash(account.id, passwordHash),
  });
  await audit(parts.store.audit, parts.now(), {
    actor: `user:${account.id}`,
    action: "password-changed",
    about: `user:${account.id}`,
  });
  tellOwner(parts, account, say.locale, { event: "password-changed" });
  return parts.accounts.byId(account.id);
}
