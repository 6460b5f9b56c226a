import { type Account, readEmail } from "../../people/accounts.ts";
import { verifyPassword } from "../../people/passwords.ts";
import type { Pending, SignInParts } from "../sign-in-parts.ts";
import { guesserOf, knownTo } from "./guesser.ts";
import { whoIs } from "./standing.ts";
import { mustWait, type Outcome, type Submission, wrong } from "./step.ts";
import { sendText } from "./text-message.ts";

export async function byPassword(parts: SignInParts, submission: Submission): Promise<Outcome> {
  const { field, pending, say } = submission;
  const email = readEmail(field("email"));
  const account = email === undefined ? undefined : await parts.accounts.byEmail(email);
  const name = email ?? field("email").slice(0, 254);
  const guesser = await guesserOf(parts, submission, name, account);
  const waitMs = await parts.guesses.waitMs(guesser);
  if (waitMs > 0) return mustWait(say, waitMs);
  await parts.guesses.count(guesser);
  const right = await verifyPassword(field("password"), account?.password);
  if (!right || account === undefined || account.disabled) return wrong(say);
  await parts.guesses.forgive(guesser);
  return afterFirst(parts, submission, account, ["pwd"], pending.link);
}

export async function byPasskey(
  { accounts, passkeys }: SignInParts,
  { field, pending, say }: Submission,
): Promise<Outcome> {
  const accountId =
    pending.challenge === undefined
      ? undefined
      : await passkeys.use(field("credential"), pending.challenge);
  const account = accountId === undefined ? undefined : await accounts.byId(accountId);
  // A passkey that asked for a fingerprint or a code proves two things: the device, and the person.
  return account === undefined || account.disabled
    ? wrong(say)
    : { signedIn: account, amr: ["hwk", "user", "mfa"], link: pending.link };
}

/**
 * One proof is given. Whether it is enough depends on the account, the app's wish, the policy and
 * the device.
 */
export async function afterFirst(
  parts: SignInParts,
  submission: Pick<Submission, "attempt" | "knownCookie" | "provenDevice" | "needsMfa" | "say">,
  account: Account,
  amr: readonly string[],
  link?: Pending["link"],
): Promise<Outcome> {
  const { attempt, needsMfa, say } = submission;
  const factors = await parts.factors.of(account.id);
  const carried = {
    who: whoIs(account),
    amr,
    ...(account.email === undefined ? {} : { email: account.email }),
    ...(link === undefined ? {} : { link }),
  };
  if (factors.some(({ kind }) => kind === "totp")) return { next: { step: "second", ...carried } };
  if (parts.texter !== undefined && factors.some(({ kind }) => kind === "phone"))
    return {
      next: { step: "second", ...carried, texted: await sendText(parts, attempt, account.id, say) },
    };
  const mailbox = account.emailVerified ? account.email : undefined;
  if (needsMfa || parts.settings.secondFactor === "always") {
    if (factors.some(({ kind }) => kind === "passkey"))
      return { next: { step: "second", ...carried, passkey: true } };
    // Whoever has only the password, or only the account at another provider, must not set the
    // second factor up: a proof that was there before is asked for first.
    if (mailbox === undefined) return { next: { step: "invitation", ...carried } };
    await mailCode(parts, submission, account.id, mailbox);
    return { next: { step: "second", ...carried, mailed: true, enrols: true } };
  }
  const isNew = (await knownTo(parts, submission, account)) === undefined;
  if (parts.settings.secondFactor === "new-device" && isNew && mailbox !== undefined) {
    await mailCode(parts, submission, account.id, mailbox);
    return { next: { step: "second", ...carried, mailed: true } };
  }
  return { signedIn: account, amr, link };
}

async function mailCode(
  { codes, mailer }: SignInParts,
  { attempt, say }: Pick<Submission, "attempt" | "say">,
  accountId: string,
  to: string,
): Promise<void> {
  mailer.send({
    to,
    purpose: "new-device",
    locale: say.locale,
    code: await codes.make("second", attempt, accountId),
  });
}
