import { type Account, readEmail } from "../accounts/accounts.ts";
import { audit } from "../accounts/audit.ts";
import { hashPassword } from "../accounts/passwords.ts";
import { judgePassword } from "../accounts/password-rules.ts";
import { newTotpSecret, totpStep } from "../factors/totp.ts";
import type { SignInParts } from "./sign-in-parts.ts";
import { readNumber } from "./steps.ts";
import type { Say } from "./texts.ts";

/** What the account page shows beside what it always shows. */
export interface AccountView {
  readonly said?: string;
  readonly fault?: string;
  readonly codes?: readonly string[];
  readonly secret?: Buffer;
  readonly phoneAsked?: boolean;
  /** The address that a code was sent to. */
  readonly emailAsked?: string;
}

export interface Visit {
  readonly parts: SignInParts;
  readonly account: Account;
  readonly say: Say;
  /** Ties forms, challenges and secrets to this browser's session. */
  readonly sessionName: string;
}

/** One change that somebody asks for on their page, and what the page says then. */
export async function changeAccount({ account, parts, say, sessionName }: Visit, field: (name: string) => string): Promise<AccountView> {
  const noted = async (action: string, details?: Readonly<Record<string, string>>): Promise<AccountView> => {
    await audit(parts.db, parts.now(), { actor: `user:${account.id}`, action, about: `user:${account.id}`, ...(details === undefined ? {} : { details }) });
    if (account.email !== undefined) parts.mailer.send({ to: account.email, purpose: "security-notice", locale: say.locale, event: action });
    return { said: say("saved") };
  };
  switch (field("intent")) {
    case "end-session": {
      const ended = await parts.sessions.end({ id: field("session"), accountId: account.id }, "ended-by-owner");
      return ended === 1 ? noted("session-ended") : { fault: say("wrong") };
    }
    case "remove-device":
      return (await parts.sessions.removeDevice(account.id, field("device"))) ? noted("device-removed") : { fault: say("wrong") };
    case "end-all":
      await parts.sessions.end({ accountId: account.id }, "ended-by-owner");
      await parts.sessions.endBrowsers(account.id, sessionName);
      return noted("sessions-ended");
    case "remove-factor":
      return (await parts.factors.remove(account.id, field("factor"))) ? noted("factor-removed") : { fault: say("wrong") };
    case "begin-totp":
      return { secret: newTotpSecret() };
    case "add-totp": {
      const secret = openSecret(parts, field("secret"), sessionName);
      const step = secret === undefined ? undefined : totpStep(secret, field("code").trim(), parts.now() / 1000);
      if (secret === undefined || step === undefined) return { fault: say("wrong"), ...(secret === undefined ? {} : { secret }) };
      await parts.factors.addTotp(account.id, secret, step);
      return { ...(await noted("factor-added", { kind: "totp" })), codes: await parts.factors.renewRecoveryCodes(account.id) };
    }
    case "begin-phone": {
      const number = readNumber(field("phone"));
      if (number === undefined || parts.texter === undefined) return { fault: say("wrong") };
      const wait = await tooMany(parts, say, `sms:${account.id}`);
      if (wait !== undefined) return { fault: wait };
      parts.texter.send({ to: number, locale: say.locale, code: await parts.codes.make("phone", sessionName, `${account.id} ${number}`) });
      return { phoneAsked: true };
    }
    case "add-phone": {
      const [owner, number] = ((await parts.codes.use("phone", sessionName, field("code"))) ?? "").split(" ");
      if (owner !== account.id || number === undefined) return { fault: say("wrong"), phoneAsked: true };
      await parts.factors.addPhone(account.id, number);
      return noted("factor-added", { kind: "phone" });
    }
    case "begin-email": {
      const email = readEmail(field("email"));
      if (email === undefined) return { fault: say("wrong") };
      const wait = await tooMany(parts, say, `email:${account.id}`);
      if (wait !== undefined) return { fault: wait };
      // The same for an address that somebody else has: its owner is told, and nobody here.
      const taken = (await parts.accounts.byEmail(email)) !== undefined;
      const code = await parts.codes.make("email", sessionName, taken ? "" : `${account.id} ${email}`);
      parts.mailer.send(taken ? { to: email, purpose: "known-address", locale: say.locale } : { to: email, purpose: "new-address", locale: say.locale, code });
      return { emailAsked: email };
    }
    case "add-email": {
      const [owner, email] = ((await parts.codes.use("email", sessionName, field("code"))) ?? "").split(" ");
      if (owner !== account.id || email === undefined || !(await parts.accounts.changeEmail(account.id, email))) return { fault: say("wrong") };
      // To the old address too: if it was not its owner who did this, that is how the owner learns of it.
      parts.mailer.send({ to: email, purpose: "security-notice", locale: say.locale, event: "email-changed" });
      return noted("email-changed");
    }
    case "new-codes":
      return { ...(await noted("recovery-codes-renewed")), codes: await parts.factors.renewRecoveryCodes(account.id) };
    case "add-passkey": {
      const challenge = challengeOf(field("credential"));
      if (challenge === undefined || (await parts.codes.take(`challenge:${challenge}`, sessionName)) !== account.id) return { fault: say("wrong") };
      return (await parts.passkeys.add(account.id, field("credential"), challenge, new Date(parts.now()).toISOString().slice(0, 10))) ? noted("factor-added", { kind: "passkey" }) : { fault: say("wrong") };
    }
    case "password": {
      const judged = await judgePassword(field("password"), [account.email?.split("@")[0] ?? ""], parts.settings.passwords);
      if (judged !== undefined) return { fault: say(judged) };
      await parts.db.updateTable("accounts").set({ password: await hashPassword(field("password")) }).where("id", "=", account.id).execute();
      await parts.sessions.end({ accountId: account.id }, "password-changed");
      await parts.sessions.endBrowsers(account.id, sessionName);
      return noted("password-changed");
    }
    default:
      return { fault: say("wrong") };
  }
}

/** Messages cost money, and their receivers patience. */
async function tooMany({ guesses }: SignInParts, say: Say, about: string): Promise<string | undefined> {
  const guesser = { account: about, address: about, knownDevice: undefined };
  const waitMs = await guesses.waitMs(guesser);
  if (waitMs > 0) return say("wait", Math.ceil(waitMs / 1000));
  await guesses.count(guesser);
  return undefined;
}

/** A secret on its way through a form: only this session of this browser can bring it back. */
export const sealSecret = ({ sealing }: SignInParts, secret: Buffer, sessionName: string): string => Buffer.from(sealing.seal(secret.toString("base64"), `enrol/${sessionName}`)).toString("base64url");
function openSecret({ sealing }: SignInParts, sealed: string, sessionName: string): Buffer | undefined {
  try {
    return Buffer.from(sealing.open(Buffer.from(sealed, "base64url"), `enrol/${sessionName}`), "base64");
  } catch {
    return undefined;
  }
}

function challengeOf(credential: string): string | undefined {
  try {
    const { response } = JSON.parse(credential) as { response: { clientDataJSON: string } };
    const { challenge } = JSON.parse(Buffer.from(response.clientDataJSON, "base64url").toString("utf8")) as { challenge?: unknown };
    return typeof challenge === "string" && /^[\w-]{20,200}$/.test(challenge) ? challenge : undefined;
  } catch {
    return undefined;
  }
}
