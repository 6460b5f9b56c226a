import type { SignInParts } from "../sign-in-parts.ts";
import { enrolment } from "./enrolment.ts";
import { guesserOf } from "./guesser.ts";
import { standingAccount, whoIs } from "./standing.ts";
import { mustWait, type Outcome, type Submission, wrong } from "./step.ts";

/**
 * An account that has neither a second factor nor a verified address: whoever knows its password
 * may be anybody. A code that an administrator has given its owner is the proof that was there
 * before.
 */
export async function byInvitation(parts: SignInParts, submission: Submission): Promise<Outcome> {
  const { field, pending, say } = submission;
  const account = await standingAccount(parts, pending);
  if (account === undefined) return wrong(say);
  const guesser = await guesserOf(parts, submission, `invitation:${account.id}`, account);
  const waitMs = await parts.guesses.waitMs(guesser);
  if (waitMs > 0) return mustWait(say, waitMs);
  await parts.guesses.count(guesser);
  const invited = await parts.codes.use("invitation", account.id, field("code"));
  if (invited !== account.id) return wrong(say);
  await parts.guesses.forgive(guesser);
  return {
    next: enrolment({
      who: whoIs(account),
      amr: pending.amr ?? [],
      ...(account.email === undefined ? {} : { email: account.email }),
      ...(pending.link === undefined ? {} : { link: pending.link }),
    }),
  };
}
