import type { Account } from "../../people/accounts.ts";
import type { SignInParts } from "../sign-in-parts.ts";
import { count, guesserOf } from "./guesser.ts";
import type { Submission } from "./step.ts";

const numberForm = /^\+[1-9]\d{6,14}$/;

/** A telephone number as E.164 has it, however it was typed; undefined when it is none. */
export function readNumber(text: string): string | undefined {
  const number = text.replaceAll(/[\s()./-]/g, "").replace(/^00/, "+");
  return numberForm.test(number) ? number : undefined;
}

/**
 * Sends a code to the account's telephone, if it has one and not too many were sent. Counted by
 * account, so that nobody can have messages sent without end: each costs the operator money, and
 * somebody may earn it.
 *
 * @returns true in every case: the page must not tell whether there is a telephone
 */
export async function sendText(
  parts: SignInParts,
  submission: Omit<Submission, "field" | "intent">,
  account: Account,
): Promise<true> {
  const number = await parts.factors.phone(account.id);
  if (number === undefined || parts.texter === undefined) return true;
  const guesser = await guesserOf(parts, submission, account.email, account, account.id);
  const taken = await count(parts, "text", guesser);
  if ("waitMs" in taken) return true;
  parts.texter.send({
    to: number,
    locale: submission.say.locale,
    code: await parts.codes.make("second", submission.attempt, account.id, taken),
  });
  return true;
}
