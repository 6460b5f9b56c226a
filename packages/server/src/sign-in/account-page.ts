import { createHash, randomBytes } from "node:crypto";
import type { IncomingMessage, ServerResponse } from "node:http";
import type { Provider } from "oidc-provider";
import type { Account } from "../accounts/accounts.ts";
import { audit } from "../accounts/audit.ts";
import { hashPassword } from "../accounts/passwords.ts";
import { judgePassword } from "../accounts/password-rules.ts";
import { base32, newTotpSecret, totpStep, totpUri } from "../factors/totp.ts";
import { issuerPaths } from "../issuer/issuer-document.ts";
import { page, passkeyForm } from "./forms.ts";
import { html, type Markup } from "./markup.ts";
import { formToken, isOwnForm, seeOther, send } from "./page-answers.ts";
import { readForm } from "./read-form.ts";
import type { SignInParts } from "./sign-in-parts.ts";
import { readNumber } from "./steps.ts";
import { type Say, speak } from "./texts.ts";

/** The pages' own client: it signs in like an app, for the session alone. */
export const accountClientId = "portcullis-account";
/** Changing how one signs in needs a sign-in of now, not of this morning. */
const freshSeconds = 300;

interface View {
  readonly said?: string;
  readonly fault?: string;
  readonly codes?: readonly string[];
  readonly secret?: Buffer;
  readonly phoneAsked?: boolean;
}

interface Visit {
  readonly parts: SignInParts;
  readonly account: Account;
  readonly say: Say;
  /** Ties forms, challenges and secrets to this browser's session. */
  readonly sessionName: string;
}

/** Where people see and end their sessions, and change how they sign in. */
export async function answerAccount(parts: SignInParts, request: IncomingMessage, response: ServerResponse, provider: Provider): Promise<true> {
  const session = await provider.Session.get(provider.createContext(request, response));
  const account = session.accountId === undefined ? undefined : await parts.accounts.byId(session.accountId);
  const signedInAt = session.loginTs ?? 0;
  if (account === undefined || account.disabled || (request.method === "GET" && parts.now() / 1000 - signedInAt > freshSeconds)) {
    seeOther(response, signInFirst(parts));
    return true;
  }
  if ((request.url ?? "").includes("?")) {
    seeOther(response, issuerPaths.account);
    return true;
  }
  const say = speak(undefined, request.headers["accept-language"], parts.settings.locales);
  const visit: Visit = { parts, account, say, sessionName: session.uid };
  if (request.method === "GET") {
    send(response, 200, await accountPage(visit, {}));
    return true;
  }
  const { field, json } = await readForm(request);
  const given = json === undefined ? field("form") : typeof json["form"] === "string" ? json["form"] : "";
  if (!isOwnForm(parts, request, `account:${session.uid}`, given) || parts.now() / 1000 - signedInAt > 2 * freshSeconds) {
    send(response, 403, page(say, say("accountTitle"), html`<p>${say("expired")}</p>`));
    return true;
  }
  if (json !== undefined) {
    const { challenge, options } = await parts.passkeys.askForNew(account);
    await parts.codes.make(`challenge:${challenge}`, session.uid, account.id);
    response.writeHead(200, { "Content-Type": "application/json", "Cache-Control": "no-store" }).end(JSON.stringify(options));
    return true;
  }
  const view = await change(visit, field);
  send(response, view.fault === undefined ? 200 : 400, await accountPage(visit, view));
  return true;
}

async function change({ account, parts, say, sessionName }: Visit, field: (name: string) => string): Promise<View> {
  const noted = async (action: string, details?: Readonly<Record<string, string>>): Promise<View> => {
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
      const guesser = { account: `sms:${account.id}`, address: `sms:${account.id}`, knownDevice: undefined };
      const waitMs = await parts.guesses.waitMs(guesser);
      if (waitMs > 0) return { fault: say("wait", Math.ceil(waitMs / 1000)) };
      await parts.guesses.count(guesser);
      parts.texter.send({ to: number, locale: say.locale, code: await parts.codes.make("phone", sessionName, `${account.id} ${number}`) });
      return { phoneAsked: true };
    }
    case "add-phone": {
      const [owner, number] = ((await parts.codes.use("phone", sessionName, field("code"))) ?? "").split(" ");
      if (owner !== account.id || number === undefined) return { fault: say("wrong"), phoneAsked: true };
      await parts.factors.addPhone(account.id, number);
      return noted("factor-added", { kind: "phone" });
    }
    case "new-codes":
      return { ...(await noted("recovery-codes-renewed")), codes: await parts.factors.renewRecoveryCodes(account.id) };
    case "add-passkey": {
      const challenge = challengeOf(field("credential"));
      const code = challenge === undefined ? undefined : await parts.db.selectFrom("one_time_codes").select("about").where("id", "=", createHash("sha256").update(`challenge:${challenge}\n${sessionName}`).digest("base64url")).where("expires_at", ">", parts.now()).executeTakeFirst();
      if (challenge === undefined || code?.about !== account.id) return { fault: say("wrong") };
      await parts.db.deleteFrom("one_time_codes").where("id", "=", createHash("sha256").update(`challenge:${challenge}\n${sessionName}`).digest("base64url")).execute();
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

async function accountPage({ account, parts, say, sessionName }: Visit, { codes, fault, phoneAsked, said, secret }: View): Promise<string> {
  const token = formToken(parts, `account:${sessionName}`);
  const form = (intent: string, body: Markup): Markup => html`<form method="post" action="${issuerPaths.account}"><input type="hidden" name="form" value="${token}"><input type="hidden" name="intent" value="${intent}">${body}</form>`;
  const day = (at: number): string => new Date(at).toLocaleDateString(say.locale, { dateStyle: "medium" });
  const factors = await parts.factors.of(account.id);
  const sessions = await parts.sessions.of(account.id);
  const devices = await parts.sessions.devices(account.id);
  const recovery = factors.filter(({ kind }) => kind === "recovery").length;
  const rows = factors.filter(({ kind }) => kind !== "recovery").map(({ createdAt, id, kind }) => html`<li><span>${say(kind === "totp" ? "totpFactor" : kind === "phone" ? "phoneFactor" : "passkeyFactor")} <span class="note">${day(createdAt)}</span></span>${form("remove-factor", html`<input type="hidden" name="factor" value="${id}"><button class="plain">${say("remove")}</button>`)}</li>`);
  const enrol = secret === undefined ? form("begin-totp", html`<button class="plain">${say("addTotp")}</button>`) : html`<p>${say("enrolHint")}</p><p><a class="button plain" href="${totpUri(secret, parts.settings.title, account.email ?? account.id)}">${say("openApp")}</a></p><p>${say("key")}: <code>${base32(secret)}</code></p>${form("add-totp", html`<input type="hidden" name="secret" value="${sealSecret(parts, secret, sessionName)}"><label>${say("code")}<input name="code" inputmode="numeric" autocomplete="one-time-code" required maxlength="10"></label><button>${say("next")}</button>`)}`;
  const phone = parts.texter === undefined ? undefined : phoneAsked === true ? form("add-phone", html`<label>${say("code")}<input name="code" inputmode="numeric" autocomplete="one-time-code" required maxlength="10"></label><button>${say("next")}</button>`) : form("begin-phone", html`<label>${say("phone")}<input name="phone" type="tel" autocomplete="tel" required maxlength="24"></label><button class="plain">${say("addPhone")}</button>`);
  return page(
    say,
    say("accountTitle"),
    html`<p class="note">${account.email ?? account.id}</p>${fault === undefined ? undefined : html`<p class="fault" role="alert">${fault}</p>`}${said === undefined ? undefined : html`<p class="said" role="status">${said}</p>`}${codes === undefined ? undefined : html`<h2>${say("recoveryTitle")}</h2><p>${say("recoveryHint")}</p><ul class="codes">${codes.map((code) => html`<li>${code}</li>`)}</ul>`}
<h2>${say("sessions")}</h2><ul class="rows">${sessions.map(({ clientId, createdAt, id, usedAt }) => html`<li><span>${say("signedInOn", clientId, day(createdAt), day(usedAt))}</span>${form("end-session", html`<input type="hidden" name="session" value="${id}"><button class="plain">${say("end")}</button>`)}</li>`)}</ul>${form("end-all", html`<button class="plain">${say("endAll")}</button>`)}
${devices.length === 0 ? undefined : html`<h2>${say("devices")}</h2><ul class="rows">${devices.map(({ firstSeenAt, id, label, trusted }) => html`<li><span>${say(trusted ? "trustedDevice" : "newDevice", label, day(firstSeenAt))}</span>${form("remove-device", html`<input type="hidden" name="device" value="${id}"><button class="plain">${say("remove")}</button>`)}</li>`)}</ul>`}
<h2>${say("factors")}</h2><ul class="rows">${rows}${recovery === 0 ? undefined : html`<li><span>${say("recoveryFactor", recovery)}</span>${form("new-codes", html`<button class="plain">${say("newCodes")}</button>`)}</li>`}</ul>${enrol}${passkeyForm(issuerPaths.account, token, issuerPaths.account, "make", say, say("addPasskey"))}${phone}
<h2>${say("changePassword")}</h2>${form("password", html`<label>${say("newPassword")}<span class="hint"> ${say("passwordHint", parts.settings.passwords.least)}</span><input name="password" type="password" autocomplete="new-password" required maxlength="256"></label><button>${say("save")}</button>`)}
<p><a href="${issuerPaths.endSession}">${say("signOut")}</a></p>`,
    { wide: true, script: true },
  );
}

/** A secret on its way through a form: only this session of this browser can bring it back. */
const sealSecret = ({ sealing }: SignInParts, secret: Buffer, sessionName: string): string => Buffer.from(sealing.seal(secret.toString("base64"), `enrol/${sessionName}`)).toString("base64url");
function openSecret({ sealing }: SignInParts, sealed: string, sessionName: string): Buffer | undefined {
  try {
    return Buffer.from(sealing.open(Buffer.from(sealed, "base64url"), `enrol/${sessionName}`), "base64");
  } catch {
    return undefined;
  }
}

/** The code that comes back is thrown away, and expires: what was wanted is the session. */
function signInFirst({ settings }: SignInParts): string {
  const query = new URLSearchParams({ client_id: accountClientId, response_type: "code", scope: "openid", redirect_uri: `${settings.issuer}${issuerPaths.account}`, code_challenge: createHash("sha256").update(randomBytes(32)).digest("base64url"), code_challenge_method: "S256", max_age: String(freshSeconds - 60) });
  return `${issuerPaths.authorization}?${query.toString()}`;
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
