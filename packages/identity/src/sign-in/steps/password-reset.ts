import { type Account, readEmail } from "../../people/accounts.ts";
import { audit } from "../../people/audit.ts";
import { judgePassword } from "../../people/password-rules.ts";
import type { SignInParts } from "../sign-in-parts.ts";
import type { Say } from "../texts/speak.ts";
import { afterFirst } from "./first-proof.ts";
import { count, guesserOf, spent } from "./guesser.ts";
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
    account === undefined || account.disabled ? "" : account.id,
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
  const accountId = await codes.use("reset", attempt, field("code"));
  return accountId === undefined || accountId === ""
    ? wrong(say)
    : { next: { step: "reset-password", accountId } };
}

export async function resetPassword(parts: SignInParts, submission: Submission): Promise<Outcome> {
  const { field, pending, say } = submission;
  const account = await parts.accounts.byId(pending.accountId ?? "");
  if (account === undefined || account.disabled) return wrong(say);
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
        accountId: account.id,
        amr: ["pwd"],
        passwordHash,
        ...(hasTotp ? {} : { texted: await sendText(parts, submission, account) }),
      },
    };
  await replacePassword(parts, account, passwordHash, say);
  return afterFirst(
    parts,
    { ...submission, knownCookie: undefined },
    { ...account, emailVerified: true },
    ["pwd"],
  );
}

/** Whoever knew the old password is signed out with it. */
export async function replacePassword(
  parts: SignInParts,
  account: Account,
  passwordHash: string,
  say: Say,
): Promise<void> {
  await parts.accounts.setPassword(account.id, passwordHash);
  await parts.sessions.end({ accountId: account.id }, "password-changed");
  await parts.sessions.endBrowsers(account.id);
  await audit(parts.store.audit, parts.now(), {
    actor: `user:${account.id}`,
    action: "password-changed",
    about: `user:${account.id}`,
  });
  if (account.email !== undefined)
    parts.mailer.send({
      to: account.email,
      purpose: "security-notice",
      locale: say.locale,
      event: "password-changed",
    });
}
