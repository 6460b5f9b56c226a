import { newTotpSecret, totpStep } from "../../factors/totp.ts";
import { audit } from "../../people/audit.ts";
import { tellOwner } from "../notices.ts";
import type { Pending, SignInParts } from "../sign-in-parts.ts";
import { standingAccount } from "./standing.ts";
import { type Outcome, type Submission, wrong } from "./step.ts";

/** The step in which an authenticator app is set up, with a new secret. */
export const enrolment = (carried: Omit<Pending, "step">): Pending => ({
  ...carried,
  step: "enrol",
  secret: newTotpSecret().toString("base64"),
});

export async function enrol(
  parts: SignInParts,
  { field, pending, say }: Submission,
): Promise<Outcome> {
  const secret = Buffer.from(pending.secret ?? "", "base64");
  const account = await standingAccount(parts, pending);
  const step =
    secret.length === 0 ? undefined : totpStep(secret, field("code").trim(), parts.now() / 1000);
  if (account === undefined || step === undefined) return wrong(say);
  const factorId = await parts.factors.addTotp(account.id, secret, step);
  await audit(parts.store.audit, parts.now(), {
    actor: `user:${account.id}`,
    action: "factor-added",
    about: `user:${account.id}`,
    details: { kind: "totp" },
  });
  tellOwner(parts, account, say.locale, { event: "factor-added", factorId });
  const { secret: _, ...rest } = pending;
  return {
    next: {
      ...rest,
      step: "recovery",
      // It counts as a second proof from the next sign-in: until then the owner has had word of it.
      amr: [...(pending.amr ?? []), "otp"],
      recoveryCodes: await parts.factors.renewRecoveryCodes(account.id),
    },
  };
}
