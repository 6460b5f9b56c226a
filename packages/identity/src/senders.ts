import type { IdentityPolicy } from "./policy/identity-settings.ts";
import type { ReadSecret } from "./names/secret-source.ts";
import {
  fileMailer,
  type Mailer,
  type Texter,
  webhookMailer,
  webhookTexter,
} from "./sign-in/mailer.ts";

export interface SenderOptions {
  readonly policy: IdentityPolicy;
  /** Where mail is written when no service is named. */
  readonly directory: string;
  readonly isProduction: boolean;
  readonly readSecret: ReadSecret;
  readonly onTrouble: (message: string) => void;
}

/** @throws Error in words for a person, when nobody is named who sends mail in production */
export function mailerOf({
  directory,
  isProduction,
  onTrouble,
  policy,
  readSecret,
}: SenderOptions): Mailer {
  const { mail } = policy.identity ?? {};
  if (mail !== undefined)
    return webhookMailer(
      mail.webhook,
      mail.token === undefined ? undefined : readSecret(mail.token, "identity.mail.token"),
      mail.from,
      onTrouble,
    );
  if (isProduction)
    throw new Error(
      "sign-in sends mail, and nobody is named who does it. PORTCULLIS_ENV=production refuses to" +
        " write it to a file.\nName a service: identity: { mail: { webhook: https://... } }",
    );
  const mailer = fileMailer(directory);
  onTrouble(`no mail service is named: mail is written to ${mailer.file}`);
  return mailer;
}

/** @returns undefined where the policy names nobody who sends SMS */
export function texterOf({ onTrouble, policy, readSecret }: SenderOptions): Texter | undefined {
  const { sms } = policy.identity ?? {};
  return sms === undefined
    ? undefined
    : webhookTexter(
        sms.webhook,
        sms.token === undefined ? undefined : readSecret(sms.token, "identity.sms.token"),
        onTrouble,
      );
}
