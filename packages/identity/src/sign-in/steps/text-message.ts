import type { Guesser } from "../../people/guesses.ts";
import type { SignInParts } from "../sign-in-parts.ts";
import type { Say } from "../texts/speak.ts";

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
  attempt: string,
  accountId: string,
  say: Say,
): Promise<true> {
  const guesser: Guesser = {
    account: `sms:${accountId}`,
    address: `sms:${accountId}`,
    knownDevice: undefined,
  };
  const number = await parts.factors.phone(accountId);
  if (
    number === undefined ||
    parts.texter === undefined ||
    (await parts.guesses.waitMs(guesser)) > 0
  )
    return true;
  await parts.guesses.count(guesser);
  parts.texter.send({
    to: number,
    locale: say.locale,
    code: await parts.codes.make("second", attempt, accountId),
  });
  return true;
}
