import type { Pending, SignInParts } from "../sign-in-parts.ts";
import { enrolment } from "./enrolment.ts";
import { count, guesserOf, spent } from "./guesser.ts";
import { replacePassword } from "./password-reset.ts";
import { standingAccount, whoIs } from "./standing.ts";
import { type Outcome, type Submission, wrong } from "./step.ts";
import { sendText } from "./text-message.ts";

export async function secondStep(parts: SignInParts, submission: Submission): Promise<Outcome> {
  const { attempt, field, intent, pending, say } = submission;
  const account = await standingAccount(parts, pending);
  if (account === undefined) return wrong(say);
  const isText = pending.mailed !== true && pending.passkey !== true;
  if (intent === "send-text" && isText && parts.texter !== undefined)
    return { next: { ...pending, texted: await sendText(parts, submission, account) } };
  const guesser = await guesserOf(parts, submission, account.email, account, account.id);
  const taken = await count(parts, "second", guesser);
  if ("waitMs" in taken) return spent(say, taken, guesser, pending.link);
  const proof =
    pending.passkey === true
      ? await proofByPasskey(parts, account.id, submission)
      : await proofOf(parts, account.id, attempt, field("code"), pending);
  if (proof === undefined) return wrong(say);
  await taken.succeed();
  const amr = [...new Set([...(pending.amr ?? []), ...proof])];
  if (pending.enrols === true)
    return {
      next: enrolment({
        who: whoIs(account),
        amr,
        ...(account.email === undefined ? {} : { email: account.email }),
        ...(pending.link === undefined ? {} : { link: pending.link }),
      }),
    };
  const signedIn =
    pending.passwordHash === undefined
      ? account
      : await replacePassword(parts, account, pending.passwordHash, say);
  return signedIn === undefined ? wrong(say) : { signedIn, amr, link: pending.link };
}

/**
 * What the typed code proves; undefined when nothing. A mailbox is no second proof, a telephone is
 * a weak one.
 */
async function proofOf(
  { codes, factors }: SignInParts,
  accountId: string,
  attempt: string,
  code: string,
  { mailed, texted }: Pending,
): Promise<readonly string[] | undefined> {
  if (mailed === true)
    return (await codes.use("second", attempt, code)) === accountId ? [] : undefined;
  if ((await factors.useTotp(accountId, code)) || (await factors.useRecoveryCode(accountId, code)))
    return ["otp", "mfa"];
  return texted === true && (await codes.use("second", attempt, code)) === accountId
    ? ["sms", "mfa"]
    : undefined;
}

/** A passkey of this account, and of no other. */
async function proofByPasskey(
  { passkeys }: SignInParts,
  accountId: string,
  { field, pending: { challenge } }: Submission,
): Promise<readonly string[] | undefined> {
  return challenge !== undefined &&
    (await passkeys.use(field("credential"), challenge)) === accountId
    ? ["hwk", "user", "mfa"]
    : undefined;
}
