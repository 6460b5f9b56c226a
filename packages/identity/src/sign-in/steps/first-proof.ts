import { type Account, readEmail } from "../../people/accounts.ts";
import type { Pending, SignInParts } from "../sign-in-parts.ts";
import { count, guesserOf, knownTo, spent } from "./guesser.ts";
import { whoIs } from "./standing.ts";
import { mustWait, type Outcome, type Submission, wrong } from "./step.ts";
import { sendText } from "./text-message.ts";

export async function byPassword(parts: SignInParts, submission: Submission): Promise<Outcome> {
  const { field, pending, say } = submission;
  const email = readEmail(field("email"));
  const account = email === undefined ? undefined : await parts.accounts.byEmail(email);
  const name = email ?? field("email").slice(0, 254);
  const guesser = await guesserOf(parts, submission, email, account, name);
  const taken = await count(parts, "password", guesser);
  if ("waitMs" in taken) return spent(say, taken, guesser, pending.link);
  const right = await parts.passwords.verify(field("password"), account?.password);
  if (!right || account === undefined || account.disabled) return wrong(say);
  await taken.succeed();
  await parts.accounts.renewHash(account, field("password"));
  return afterFirst(parts, submission, account, ["pwd"], pending.link);
}

export async function byPasskey(
  { accounts, counters, passkeys }: SignInParts,
  { field, network, pending, say }: Submission,
): Promise<Outcome> {
  const taken = await counters.take({ thing: "passkey-network", about: network });
  if ("waitMs" in taken) return mustWait(say, taken.waitMs);
  const accountId =
    pending.challenge === undefined
      ? undefined
      : await passkeys.use(field("credential"), pending.challenge);
  const account = accountId === undefined ? undefined : await accounts.byId(accountId);
  // A passkey that asked for a fingerprint or a code proves two things: the device, and the person.
  if (account === undefined || account.disabled) return wrong(say);
  await taken.succeed();
  return { signedIn: account, amr: ["hwk", "user", "mfa"], link: pending.link };
}

/**
 * One proof is given. Whether it is enough depends on the account, the app's wish, the policy and
 * the device.
 */
export async function afterFirst(
  parts: SignInParts,
  submission: Omit<Submission, "field" | "intent">,
  account: Account,
  amr: readonly string[],
  link?: Pending["link"],
): Promise<Outcome> {
  const { needsMfa } = submission;
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
      next: { step: "second", ...carried, texted: await sendText(parts, submission, account) },
    };
  const mailbox = account.emailVerified ? account.email : undefined;
  if (needsMfa || parts.settings.secondFactor === "always") {
    if (factors.some(({ kind }) => kind === "passkey"))
      return { next: { step: "second", ...carried, passkey: true } };
    // Whoever has only the password, or only the account at another provider, must not set the
    // second factor up: a proof that was there before is asked for first.
    if (mailbox === undefined) return { next: { step: "invitation", ...carried } };
    return mailCode(parts, submission, account, { ...carried, enrols: true });
  }
  const isNew = (await knownTo(parts, submission, account)) === undefined;
  if (parts.settings.secondFactor === "new-device" && isNew && mailbox !== undefined) {
    return mailCode(parts, submission, account, carried);
  }
  return { signedIn: account, amr, link };
}

async function mailCode(
  parts: SignInParts,
  submission: Omit<Submission, "field" | "intent">,
  { email: to = "", ...account }: Account,
  carried: Omit<Pending, "step">,
): Promise<Outcome> {
  const { attempt, say } = submission;
  const whole = { ...account, email: to };
  const guesser = await guesserOf(parts, submission, to, whole, account.id);
  const taken = await count(parts, "new-device-mail", guesser);
  if ("waitMs" in taken) return spent(say, taken, guesser, carried.link);
  parts.mailer.send({
    to,
    purpose: "new-device",
    locale: say.locale,
    code: await parts.codes.make("second", attempt, account.id, taken),
  });
  return { next: { step: "second", ...carried, mailed: true } };
}
