import { readEmail } from "../../people/accounts.ts";
import type { SignInParts } from "../sign-in-parts.ts";
import { mustWait, type Outcome, type Submission, wrong } from "./step.ts";

/**
 * Strangers have used up the tries that new devices have at an account. Whoever reads the mail of
 * its verified address is its owner, or could reset the password anyhow: the code mailed there
 * opens tries of their own. It is typed before any password, and answered alike whether there is an
 * account or not.
 *
 * The code belongs to the address and lives longer than it takes until another is mailed: however
 * often strangers ask for one, the newest in the mailbox can be used.
 */
export async function reach(parts: SignInParts, submission: Submission): Promise<Outcome> {
  const { intent, pending, say } = submission;
  const email = readEmail(pending.email ?? "");
  if (email === undefined) return wrong(say);
  if (intent === "send-code") return mailLongCode(parts, submission, email);
  const taken = await parts.counters.take({ thing: "reach-network", about: submission.network });
  if ("waitMs" in taken) return mustWait(say, taken.waitMs);
  if (!(await parts.codes.useLong("reach", email, submission.field("code").trim())))
    return wrong(say);
  await taken.succeed();
  return {
    next: {
      step: "start",
      reached: email,
      ...(pending.link === undefined ? {} : { link: pending.link }),
    },
  };
}

async function mailLongCode(
  parts: SignInParts,
  { network, pending, say }: Submission,
  email: string,
): Promise<Outcome> {
  const next = { ...pending, mailed: true };
  const taken = await parts.counters.take(
    { thing: "reach-mail", about: email },
    { thing: "mail-network", about: network },
  );
  // One that was mailed a moment ago is in the mailbox, and can be used.
  if ("waitMs" in taken) return { next };
  const account = await parts.accounts.byEmail(email);
  const code = await parts.codes.makeLong("reach", email, taken);
  if (account !== undefined && account.emailVerified && !account.disabled)
    parts.mailer.send({ to: email, purpose: "too-many-tries", locale: say.locale, code });
  return { next };
}
