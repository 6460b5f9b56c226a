import { createHash, randomBytes } from "node:crypto";
import type { IncomingMessage, ServerResponse } from "node:http";
import type { Provider } from "oidc-provider";
import { base32, totpUri } from "../factors/totp.ts";
import { issuerPaths } from "../issuer/issuer-document.ts";
import { page, passkeyForm } from "./forms.ts";
import { type AccountView, changeAccount, sealSecret, type Visit } from "./account-changes.ts";
import { html, type Markup } from "./markup.ts";
import { formToken, isOwnForm, seeOther, send } from "./page-answers.ts";
import { readForm } from "./read-form.ts";
import type { SignInParts } from "./sign-in-parts.ts";
import { speak } from "./texts.ts";

/** The pages' own client: it signs in like an app, for the session alone. */
export const accountClientId = "portcullis-account";
/** Changing how one signs in needs a sign-in of now, not of this morning. */
const freshSeconds = 300;

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
  const view = await changeAccount(visit, field);
  send(response, view.fault === undefined ? 200 : 400, await accountPage(visit, view));
  return true;
}

async function accountPage({ account, parts, say, sessionName }: Visit, { codes, emailAsked, fault, phoneAsked, said, secret }: AccountView): Promise<string> {
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
  const email = emailAsked === undefined ? form("begin-email", html`<label>${say("newEmail")}<input name="email" type="email" autocomplete="email" autocapitalize="none" spellcheck="false" required maxlength="254"></label><button class="plain">${say("send")}</button>`) : html`<p>${say("codeHint", emailAsked)}</p>${form("add-email", html`<label>${say("code")}<input name="code" inputmode="numeric" autocomplete="one-time-code" required maxlength="10"></label><button>${say("next")}</button>`)}`;
  return page(
    say,
    say("accountTitle"),
    html`<p class="note">${account.email ?? account.id}</p>${fault === undefined ? undefined : html`<p class="fault" role="alert">${fault}</p>`}${said === undefined ? undefined : html`<p class="said" role="status">${said}</p>`}${codes === undefined ? undefined : html`<h2>${say("recoveryTitle")}</h2><p>${say("recoveryHint")}</p><ul class="codes">${codes.map((code) => html`<li>${code}</li>`)}</ul>`}
<h2>${say("sessions")}</h2><ul class="rows">${sessions.map(({ clientId, createdAt, id, usedAt }) => html`<li><span>${say("signedInOn", clientId, day(createdAt), day(usedAt))}</span>${form("end-session", html`<input type="hidden" name="session" value="${id}"><button class="plain">${say("end")}</button>`)}</li>`)}</ul>${form("end-all", html`<button class="plain">${say("endAll")}</button>`)}
${devices.length === 0 ? undefined : html`<h2>${say("devices")}</h2><ul class="rows">${devices.map(({ firstSeenAt, id, label, trusted }) => html`<li><span>${say(trusted ? "trustedDevice" : "newDevice", label, day(firstSeenAt))}</span>${form("remove-device", html`<input type="hidden" name="device" value="${id}"><button class="plain">${say("remove")}</button>`)}</li>`)}</ul>`}
<h2>${say("factors")}</h2><ul class="rows">${rows}${recovery === 0 ? undefined : html`<li><span>${say("recoveryFactor", recovery)}</span>${form("new-codes", html`<button class="plain">${say("newCodes")}</button>`)}</li>`}</ul>${enrol}${passkeyForm(issuerPaths.account, token, issuerPaths.account, "make", say, say("addPasskey"))}${phone}
<h2>${say("changeEmail")}</h2>${email}
<h2>${say("changePassword")}</h2>${form("password", html`<label>${say("newPassword")}<span class="hint"> ${say("passwordHint", parts.settings.passwords.least)}</span><input name="password" type="password" autocomplete="new-password" required maxlength="256"></label><button>${say("save")}</button>`)}
<p><a href="${issuerPaths.endSession}">${say("signOut")}</a></p>`,
    { wide: true, script: true },
  );
}

/** The code that comes back is thrown away, and expires: what was wanted is the session. */
function signInFirst({ settings }: SignInParts): string {
  const query = new URLSearchParams({ client_id: accountClientId, response_type: "code", scope: "openid", redirect_uri: `${settings.issuer}${issuerPaths.account}`, code_challenge: createHash("sha256").update(randomBytes(32)).digest("base64url"), code_challenge_method: "S256", max_age: String(freshSeconds - 60) });
  return `${issuerPaths.authorization}?${query.toString()}`;
}
