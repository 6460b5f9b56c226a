import { readFileSync } from "node:fs";
import { resolve } from "node:path";
import type { IdentityPolicy } from "./policy/identity-settings.ts";
import type { ReadSecret, SecretSource } from "./names/secret-source.ts";
import {
  fileMailer,
  type Mailer,
  type Texter,
  webhookMailer,
  webhookTexter,
} from "./sign-in/mailer.ts";
import { smtpMailer } from "./sign-in/smtp-mailer.ts";

export interface SenderOptions {
  readonly policy: IdentityPolicy;
  /** Where mail is written when no service is named. */
  readonly directory: string;
  /** Where relative paths of the policy begin. */
  readonly folder: string;
  readonly isProduction: boolean;
  readonly readSecret: ReadSecret;
  readonly onTrouble: (message: string) => void;
}

/** @throws Error in words for a person, when nobody is named who sends mail in production */
export function mailerOf({
  directory,
  folder,
  isProduction,
  onTrouble,
  policy,
  readSecret,
}: SenderOptions): Mailer {
  const { mail, signIn } = policy.identity ?? {};
  const secret = (source: SecretSource | undefined, where: string): string | undefined =>
    source === undefined ? undefined : readSecret(source, `identity.mail.${where}`);
  if (mail?.webhook !== undefined)
    return webhookMailer(mail.webhook, secret(mail.token, "token"), mail.from, onTrouble);
  if (mail?.smtp !== undefined && mail.from !== undefined)
    return smtpMailer(
      {
        server: mail.smtp,
        password: secret(mail.smtp.password, "smtp.password"),
        authorities: authoritiesOf(mail.smtp.authorities, folder),
        from: mail.from,
        title: signIn?.title ?? new URL(policy.publicUrl ?? "https://localhost").hostname,
      },
      onTrouble,
    );
  if (isProduction)
    throw new Error(
      "sign-in sends mail, and nobody is named who does it. PORTCULLIS_ENV=production refuses to" +
        " write it to a file.\nName a service: identity: { mail: { webhook: https://... } }, or smtp",
    );
  const mailer = fileMailer(directory);
  onTrouble(`no mail service is named: mail is written to ${mailer.file}`);
  return mailer;
}

/** @throws Error in words for a person, when the file cannot be read */
export function authoritiesOf(file: string | undefined, folder: string): string | undefined {
  if (file === undefined) return undefined;
  try {
    return readFileSync(resolve(folder, file), "utf8");
  } catch (fault) {
    throw new Error(
      `identity.mail.smtp.authorities: ${file} cannot be read (${(fault as Error).message})`,
      { cause: fault },
    );
  }
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
