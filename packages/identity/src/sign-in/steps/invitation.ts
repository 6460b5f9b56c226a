import type { SignInParts } from "../sign-in-parts.ts";
import { enrolment } from "./enrolment.ts";
import { standingAccount, whoIs } from "./standing.ts";
import { mustWait, type Outcome, type Submission, wrong } from "./step.ts";

/**
 * An account that has neither a second factor nor a verified address: whoever knows its password
 * may be anybody. A code that an administrator has given its owner is the proof that was there
 * before. It has too many random bits to be guessed, so that strangers' tries do not use it up.
 */
export async function byInvitation(parts: SignInParts, submission: Submission): Promise<Outcome> {
  const { field, network, pending, say } = submission;
  const account = await standingAccount(parts, pending);
  if (account === undefined) return wrong(say);
  const taken = await parts.counters.take({ thing: "reach-network", about: network });
  if ("waitMs" in taken) return mustWait(say, taken.waitMs);
  if (!(await parts.codes.useLong("invitation", account.id, field("code").trim())))
    return wrong(say);
  await taken.succeed();
  return {
    next: enrolment({
      who: whoIs(account),
      amr: pending.amr ?? [],
      ...(account.email === undefined ? {} : { email: account.email }),
      ...(pending.link === undefined ? {} : { link: pending.link }),
    }),
  };
}
