import { readEmail } from "../../people/accounts.ts";
import { audit } from "../../people/audit.ts";
import { judgePassword } from "../../people/password-rules.ts";
import type { SignInParts } from "../sign-in-parts.ts";
import { afterFirst } from "./first-proof.ts";
import { mustWait, type Outcome, type Submission, wrong } from "./step.ts";

export async function signUp(parts: SignInParts, submission: Submission): Promise<Outcome> {
  const { attempt, field, network, say } = submission;
  const email = readEmail(field("email"));
  if (email === undefined) return wrong(say);
  const judged = await judgePassword(field("password"), [email], parts.settings.passwords);
  if (judged !== undefined) return { fault: say(judged) };
  const counted = await parts.counters.take(
    { thing: "sign-up", about: email },
    { thing: "mail-network", about: network },
  );
  if ("waitMs" in counted) return mustWait(say, counted.waitMs);
  // The same work is done for an address that is taken, so that time does not tell; its owner is
  // told by mail.
  const passwordHash = await parts.passwords.hash(field("password"));
  const taken = (await parts.accounts.byEmail(email)) !== undefined;
  const code = await parts.codes.make("sign-up", attempt, taken ? "" : email, counted);
  parts.mailer.send(
    taken
      ? { to: email, purpose: "known-address", locale: say.locale }
      : { to: email, purpose: "sign-up", locale: say.locale, code },
  );
  return { next: { step: "sign-up-code", email, passwordHash } };
}

export async function confirmSignUp(parts: SignInParts, submission: Submission): Promise<Outcome> {
  const { attempt, field, pending, say } = submission;
  const email = await parts.codes.use("sign-up", attempt, field("code"));
  if (
    email === undefined ||
    email === "" ||
    pending.passwordHash === undefined ||
    (await parts.accounts.byEmail(email)) !== undefined
  )
    return wrong(say);
  const account = await parts.accounts.add({
    email,
    emailVerified: true,
    roles: parts.settings.roles,
  });
  await parts.accounts.setPassword(account.id, pending.passwordHash);
  await audit(parts.store.audit, parts.now(), {
    actor: `user:${account.id}`,
    action: "signed-up",
    about: `user:${account.id}`,
  });
  return afterFirst(parts, submission, account, ["pwd"]);
}
