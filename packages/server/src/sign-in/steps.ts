import { Busy, hashPassword, verifyPassword } from "../accounts/passwords.ts";
import { type Account, readEmail } from "../accounts/accounts.ts";
import { audit } from "../accounts/audit.ts";
import type { Guesser } from "../accounts/guesses.ts";
import { judgePassword } from "../accounts/password-rules.ts";
import { newTotpSecret, totpStep } from "../factors/totp.ts";
import { knownDevice } from "./known-device.ts";
import type { Pending, SignInParts } from "./sign-in-parts.ts";
import type { Say } from "./texts.ts";

/** One form that was sent, in one sign-in. */
export interface Submission {
  readonly intent: string;
  readonly field: (name: string) => string;
  readonly pending: Pending;
  /** The sign-in's own name: codes are bound to it. */
  readonly attempt: string;
  /** The caller's network. */
  readonly network: string;
  readonly knownCookie: string | undefined;
  /** The device whose key the caller has proved to hold, where there is no browser to carry a cookie. */
  readonly provenDevice?: string;
  /** The app asks for more than one proof. */
  readonly needsMfa: boolean;
  readonly say: Say;
}

export type Outcome = { readonly next: Pending } | { readonly fault: string; readonly status?: number; readonly retryAfterSeconds?: number } | { readonly signedIn: Account; readonly amr: readonly string[]; readonly link?: Pending["link"] };

const wrong = (say: Say): Outcome => ({ fault: say("wrong") });
const mustWait = (say: Say, waitMs: number): Outcome => ({ fault: say("wait", Math.ceil(waitMs / 1000)), status: 429, retryAfterSeconds: Math.ceil(waitMs / 1000) });

/** What a submitted form does to a sign-in. Nothing here tells whether an address has an account: not the words, not the work done. */
export async function takeStep(parts: SignInParts, submission: Submission): Promise<Outcome> {
  const { intent, pending, say } = submission;
  try {
    if (intent === "start") return { next: { step: "start", ...(pending.link === undefined ? {} : { link: pending.link }) } };
    switch (pending.step) {
      case "start":
        if (intent === "go-sign-up" && parts.settings.signUp === "open") return { next: { ...pending, step: "sign-up" } };
        if (intent === "go-reset") return { next: { ...pending, step: "reset" } };
        return intent === "passkey" ? await byPasskey(parts, submission) : intent === "password" ? await byPassword(parts, submission) : wrong(say);
      case "sign-up":
        return await signUp(parts, submission);
      case "sign-up-code":
        return await confirmSignUp(parts, submission);
      case "reset":
        return await askForReset(parts, submission);
      case "reset-code": {
        const accountId = await parts.codes.use("reset", submission.attempt, submission.field("code"));
        return accountId === undefined || accountId === "" ? wrong(say) : { next: { step: "reset-password", accountId } };
      }
      case "reset-password":
        return await resetPassword(parts, submission);
      case "second":
        return await secondStep(parts, submission);
      case "enrol":
        return await enrol(parts, submission);
      case "recovery":
      case "done": {
        const account = await parts.accounts.byId(pending.accountId ?? "");
        return account === undefined ? wrong(say) : { signedIn: account, amr: pending.amr ?? [] };
      }
      default:
        return wrong(say);
    }
  } catch (fault) {
    if (fault instanceof Busy) return { fault: say("busy"), status: 503, retryAfterSeconds: 5 };
    throw fault;
  }
}

async function byPassword(parts: SignInParts, submission: Submission): Promise<Outcome> {
  const { field, pending, say } = submission;
  const email = readEmail(field("email"));
  const account = email === undefined ? undefined : await parts.accounts.byEmail(email);
  const guesser = await guesserOf(parts, submission, email ?? field("email").slice(0, 254), account);
  const waitMs = await parts.guesses.waitMs(guesser);
  if (waitMs > 0) return mustWait(say, waitMs);
  await parts.guesses.count(guesser);
  const right = await verifyPassword(field("password"), account?.password);
  if (!right || account === undefined || account.disabled) return wrong(say);
  await parts.guesses.forgive(guesser);
  return afterFirst(parts, submission, account, ["pwd"], pending.link);
}

async function byPasskey({ accounts, passkeys }: SignInParts, { field, pending, say }: Submission): Promise<Outcome> {
  const accountId = pending.challenge === undefined ? undefined : await passkeys.use(field("credential"), pending.challenge);
  const account = accountId === undefined ? undefined : await accounts.byId(accountId);
  // A passkey that asked for a fingerprint or a code is two proofs in one: the device, and its owner.
  return account === undefined || account.disabled ? wrong(say) : { signedIn: account, amr: ["hwk", "user", "mfa"], link: pending.link };
}

/** One proof is given. Whether it is enough depends on the account, the app's wish, the policy and the device. */
export async function afterFirst(parts: SignInParts, submission: Pick<Submission, "attempt" | "knownCookie" | "provenDevice" | "needsMfa" | "say">, account: Account, amr: readonly string[], link?: Pending["link"]): Promise<Outcome> {
  const { attempt, needsMfa, say } = submission;
  const factors = await parts.factors.of(account.id);
  const carried = { accountId: account.id, amr, ...(account.email === undefined ? {} : { email: account.email }), ...(link === undefined ? {} : { link }) };
  if (factors.some(({ kind }) => kind === "totp")) return { next: { step: "second", ...carried } };
  if (parts.texter !== undefined && factors.some(({ kind }) => kind === "phone")) return { next: { step: "second", ...carried, texted: await sendText(parts, attempt, account.id, say) } };
  const reachable = account.email !== undefined && account.emailVerified;
  if (needsMfa || parts.settings.secondFactor === "always") {
    // Whoever has only the password must not make the second proof up: the mailbox is asked first.
    if (!reachable || amr.includes("fed")) return { next: enrolment(carried) };
    parts.mailer.send({ to: account.email ?? "", purpose: "new-device", locale: say.locale, code: await parts.codes.make("second", attempt, account.id) });
    return { next: { step: "second", ...carried, mailed: true, enrols: true } };
  }
  const isNew = (await knownTo(parts, submission, account.id, account)) === undefined;
  if (parts.settings.secondFactor === "new-device" && isNew && reachable) {
    parts.mailer.send({ to: account.email ?? "", purpose: "new-device", locale: say.locale, code: await parts.codes.make("second", attempt, account.id) });
    return { next: { step: "second", ...carried, mailed: true } };
  }
  return { signedIn: account, amr, link };
}

const enrolment = (carried: Omit<Pending, "step">): Pending => ({ ...carried, step: "enrol", secret: newTotpSecret().toString("base64") });

const mostNumber = /^\+[1-9]\d{6,14}$/;

/** E.164, however it was typed; undefined when it is none. */
export function readNumber(text: string): string | undefined {
  const number = text.replaceAll(/[\s()./-]/g, "").replace(/^00/, "+");
  return mostNumber.test(number) ? number : undefined;
}

/** Counted by account, so that nobody can have messages sent without end: each costs the owner money, and somebody may earn it. */
export async function sendText(parts: SignInParts, attempt: string, accountId: string, say: Say): Promise<true> {
  const guesser: Guesser = { account: `sms:${accountId}`, address: `sms:${accountId}`, knownDevice: undefined };
  const number = await parts.factors.phone(accountId);
  if (number === undefined || parts.texter === undefined || (await parts.guesses.waitMs(guesser)) > 0) return true;
  await parts.guesses.count(guesser);
  parts.texter.send({ to: number, locale: say.locale, code: await parts.codes.make("second", attempt, accountId) });
  return true;
}

async function secondStep(parts: SignInParts, submission: Submission): Promise<Outcome> {
  const { attempt, field, intent, pending, say } = submission;
  const account = await parts.accounts.byId(pending.accountId ?? "");
  if (account === undefined || account.disabled) return wrong(say);
  if (intent === "send-text" && pending.mailed !== true && parts.texter !== undefined) return { next: { ...pending, texted: await sendText(parts, attempt, account.id, say) } };
  const guesser = await guesserOf(parts, submission, `second:${account.id}`, account);
  const waitMs = await parts.guesses.waitMs(guesser);
  if (waitMs > 0) return mustWait(say, waitMs);
  await parts.guesses.count(guesser);
  const code = field("code");
  const proof = await proofOf(parts, account.id, attempt, code, pending);
  if (proof === undefined) return wrong(say);
  await parts.guesses.forgive(guesser);
  const amr = [...(pending.amr ?? []), ...proof];
  if (pending.enrols === true) return { next: enrolment({ accountId: account.id, amr, ...(account.email === undefined ? {} : { email: account.email }), ...(pending.link === undefined ? {} : { link: pending.link }) }) };
  if (pending.passwordHash !== undefined) await replacePassword(parts, account, pending.passwordHash, say);
  return { signedIn: account, amr, link: pending.link };
}

/** What the typed code proves; undefined when nothing. A mailbox is no second proof, a telephone is a weak one. */
async function proofOf({ codes, factors }: SignInParts, accountId: string, attempt: string, code: string, { mailed, texted }: Pending): Promise<readonly string[] | undefined> {
  if (mailed === true) return (await codes.use("second", attempt, code)) === accountId ? [] : undefined;
  if ((await factors.useTotp(accountId, code)) || (await factors.useRecoveryCode(accountId, code))) return ["otp", "mfa"];
  return texted === true && (await codes.use("second", attempt, code)) === accountId ? ["sms", "mfa"] : undefined;
}

async function enrol(parts: SignInParts, { field, pending, say }: Submission): Promise<Outcome> {
  const secret = Buffer.from(pending.secret ?? "", "base64");
  const account = await parts.accounts.byId(pending.accountId ?? "");
  const step = secret.length === 0 ? undefined : totpStep(secret, field("code").trim(), parts.now() / 1000);
  if (account === undefined || step === undefined) return wrong(say);
  await parts.factors.addTotp(account.id, secret, step);
  await audit(parts.db, parts.now(), { actor: `user:${account.id}`, action: "factor-added", about: `user:${account.id}`, details: { kind: "totp" } });
  if (account.email !== undefined) parts.mailer.send({ to: account.email, purpose: "security-notice", locale: say.locale, event: "factor-added" });
  const { secret: _, ...rest } = pending;
  return { next: { ...rest, step: "recovery", amr: [...(pending.amr ?? []), "otp", "mfa"], recoveryCodes: await parts.factors.renewRecoveryCodes(account.id) } };
}

async function signUp(parts: SignInParts, submission: Submission): Promise<Outcome> {
  const { attempt, field, say } = submission;
  const email = readEmail(field("email"));
  if (email === undefined) return wrong(say);
  const judged = await judgePassword(field("password"), [email.split("@")[0] as string], parts.settings.passwords);
  if (judged !== undefined) return { fault: say(judged) };
  const guesser = await guesserOf(parts, submission, `sign-up:${email}`);
  const waitMs = await parts.guesses.waitMs(guesser);
  if (waitMs > 0) return mustWait(say, waitMs);
  await parts.guesses.count(guesser);
  // The same work for an address that is taken: its owner is told by mail, and nobody else is.
  const passwordHash = await hashPassword(field("password"));
  const taken = (await parts.accounts.byEmail(email)) !== undefined;
  const code = await parts.codes.make("sign-up", attempt, taken ? "" : email);
  parts.mailer.send(taken ? { to: email, purpose: "known-address", locale: say.locale } : { to: email, purpose: "sign-up", locale: say.locale, code });
  return { next: { step: "sign-up-code", email, passwordHash } };
}

async function confirmSignUp(parts: SignInParts, submission: Submission): Promise<Outcome> {
  const { attempt, field, pending, say } = submission;
  const email = await parts.codes.use("sign-up", attempt, field("code"));
  if (email === undefined || email === "" || pending.passwordHash === undefined || (await parts.accounts.byEmail(email)) !== undefined) return wrong(say);
  const account = await parts.accounts.add({ email, emailVerified: true, roles: parts.settings.roles });
  await parts.db.updateTable("accounts").set({ password: pending.passwordHash }).where("id", "=", account.id).execute();
  await audit(parts.db, parts.now(), { actor: `user:${account.id}`, action: "signed-up", about: `user:${account.id}` });
  return afterFirst(parts, submission, account, ["pwd"]);
}

async function askForReset(parts: SignInParts, submission: Submission): Promise<Outcome> {
  const { attempt, field, say } = submission;
  const email = readEmail(field("email"));
  if (email === undefined) return wrong(say);
  const guesser = await guesserOf(parts, submission, `reset:${email}`);
  const waitMs = await parts.guesses.waitMs(guesser);
  if (waitMs > 0) return mustWait(say, waitMs);
  await parts.guesses.count(guesser);
  const account = await parts.accounts.byEmail(email);
  const code = await parts.codes.make("reset", attempt, account === undefined || account.disabled ? "" : account.id);
  if (account !== undefined && !account.disabled) parts.mailer.send({ to: email, purpose: "reset", locale: say.locale, code });
  return { next: { step: "reset-code", email } };
}

async function resetPassword(parts: SignInParts, submission: Submission): Promise<Outcome> {
  const { field, pending, say } = submission;
  const account = await parts.accounts.byId(pending.accountId ?? "");
  if (account === undefined || account.disabled) return wrong(say);
  const judged = await judgePassword(field("password"), [account.email?.split("@")[0] ?? ""], parts.settings.passwords);
  if (judged !== undefined) return { fault: say(judged) };
  const passwordHash = await hashPassword(field("password"));
  // The mailbox alone is one proof. Who has a second one is asked for it, or whoever reads the mail could take the account.
  const factors = await parts.factors.of(account.id);
  if (factors.some(({ kind }) => kind === "totp" || (kind === "phone" && parts.texter !== undefined))) return { next: { step: "second", accountId: account.id, amr: ["pwd"], passwordHash, ...(factors.some(({ kind }) => kind === "totp") ? {} : { texted: await sendText(parts, submission.attempt, account.id, say) }) } };
  await replacePassword(parts, account, passwordHash, say);
  return afterFirst(parts, { ...submission, knownCookie: undefined }, { ...account, emailVerified: true }, ["pwd"]);
}

async function replacePassword(parts: SignInParts, account: Account, passwordHash: string, say: Say): Promise<void> {
  await parts.db.updateTable("accounts").set({ password: passwordHash }).where("id", "=", account.id).execute();
  // Whoever knew the old one is signed out with it.
  await parts.sessions.end({ accountId: account.id }, "password-changed");
  await parts.sessions.endBrowsers(account.id);
  await audit(parts.db, parts.now(), { actor: `user:${account.id}`, action: "password-changed", about: `user:${account.id}` });
  if (account.email !== undefined) parts.mailer.send({ to: account.email, purpose: "security-notice", locale: say.locale, event: "password-changed" });
}

async function guesserOf(parts: SignInParts, submission: Submission, name: string, account?: Account): Promise<Guesser> {
  return { account: name, address: submission.network, knownDevice: await knownTo(parts, submission, name, account) };
}

/** A device on which this account was signed in before: by its cookie, or by its key. The store is asked the same for accounts that are not there. */
async function knownTo({ db, sealing }: SignInParts, { knownCookie, provenDevice }: Pick<Submission, "knownCookie" | "provenDevice">, name: string, account: Account | undefined): Promise<string | undefined> {
  if (provenDevice === undefined) return knownDevice(knownCookie, name, sealing);
  const row = await db.selectFrom("devices").select("id").where("account_id", "=", account?.id ?? "").where("id", "=", provenDevice).where("removed_at", "is", null).executeTakeFirst();
  return row?.id;
}
