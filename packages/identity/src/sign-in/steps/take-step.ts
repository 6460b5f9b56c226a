import { Busy } from "../../people/hashing-turns.ts";
import type { Pending, SignInParts } from "../sign-in-parts.ts";
import { enrol } from "./enrolment.ts";
import { byInvitation } from "./invitation.ts";
import { byPasskey, byPassword } from "./first-proof.ts";
import { reach } from "./reach.ts";
import { askForReset, resetPassword, takeResetCode } from "./password-reset.ts";
import { secondStep } from "./second-proof.ts";
import { confirmSignUp, signUp } from "./sign-up.ts";
import { standingAccount } from "./standing.ts";
import { type Outcome, type Submission, wrong } from "./step.ts";

/**
 * What a submitted form does to a sign-in. Nothing here tells whether an address has an account:
 * not the words, not the work done.
 */
export async function takeStep(parts: SignInParts, submission: Submission): Promise<Outcome> {
  const { intent, pending, say } = submission;
  if (intent === "start")
    return {
      next: {
        step: "start",
        ...(pending.link === undefined ? {} : { link: pending.link }),
        ...reachedIn(pending),
      },
    };
  try {
    const outcome = await stepOf(parts, submission);
    return "next" in outcome ? { next: { ...reachedIn(pending), ...outcome.next } } : outcome;
  } catch (fault) {
    if (fault instanceof Busy) return { fault: say("busy"), status: 503, retryAfterSeconds: 5 };
    throw fault;
  }
}

/** Whose mail the person reads stays known through all steps. */
const reachedIn = ({ reached }: Pending): Pick<Pending, "reached"> =>
  reached === undefined ? {} : { reached };

/** By the step the server has the sign-in at, whatever the form says of itself. */
function stepOf(parts: SignInParts, submission: Submission): Promise<Outcome> {
  const { step } = submission.pending;
  switch (step) {
    case "start":
      return start(parts, submission);
    case "reach":
      // A form of the page before, which another window still shows, is answered as there.
      return ["code", "send-code"].includes(submission.intent)
        ? reach(parts, submission)
        : start(parts, submission);
    case "sign-up":
      return signUp(parts, submission);
    case "sign-up-code":
      return confirmSignUp(parts, submission);
    case "reset":
      return askForReset(parts, submission);
    case "reset-code":
      return takeResetCode(parts, submission);
    case "reset-password":
      return resetPassword(parts, submission);
    case "second":
      return secondStep(parts, submission);
    case "invitation":
      return byInvitation(parts, submission);
    case "enrol":
      return enrol(parts, submission);
    case "recovery":
    case "done":
      return signedIn(parts, submission);
    default:
      return Promise.resolve(wrong(submission.say));
  }
}

async function start(parts: SignInParts, submission: Submission): Promise<Outcome> {
  const { intent, pending, say } = submission;
  switch (intent) {
    case "go-sign-up":
      return parts.settings.signUp === "open"
        ? { next: { ...pending, step: "sign-up" } }
        : wrong(say);
    case "go-reset":
      return { next: { ...pending, step: "reset" } };
    case "passkey":
      return byPasskey(parts, submission);
    case "password":
      return byPassword(parts, submission);
    default:
      return wrong(say);
  }
}

async function signedIn(parts: SignInParts, { pending, say }: Submission): Promise<Outcome> {
  const account = await standingAccount(parts, pending);
  return account === undefined ? wrong(say) : { signedIn: account, amr: pending.amr ?? [] };
}
