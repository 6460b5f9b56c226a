import { base32, totpUri } from "../../factors/totp.ts";
import type { Factor } from "../../factors/factors.ts";
import { issuerPaths } from "../../names/issuer-document.ts";
import type { AppSession, Device } from "../../people/sessions.ts";
import type { KnownBrowserRecord } from "../../store/known-browsers.ts";
import { knownSinceMs } from "../known-browser.ts";
import type { Say } from "../texts/speak.ts";
import { page, passkeyForm } from "../html/page.ts";
import { html, type Markup } from "../html/markup.ts";
import { formToken } from "../html/page-answers.ts";
import { sealSecret } from "./factor-changes.ts";
import type { AccountView, Visit } from "./visit.ts";

/** A visit, with what every part of the page is written with. */
interface Drawing extends Visit {
  readonly token: string;
  readonly form: (intent: string, body: Markup) => Markup;
  readonly day: (at: number) => string;
}

/** The account page as HTML. */
export async function accountMarkup(visit: Visit, view: AccountView): Promise<string> {
  const { account, parts, say, sessionName } = visit;
  const token = formToken(parts, `account:${sessionName}`);
  const drawing: Drawing = {
    ...visit,
    token,
    form: (intent, body) => html`
      <form method="post" action="${issuerPaths.account}">
        ${hidden("form", token)}
        ${hidden("intent", intent)}
        ${body}
      </form>
    `,
    day: (at) => new Date(at).toLocaleDateString(say.locale, { dateStyle: "medium" }),
  };
  const factors = await parts.factors.of(account.id);
  const sessions = await parts.sessions.of(account.id);
  const devices = await parts.sessions.devices(account.id);
  const browsers = await parts.store.knownBrowsers.of(account.id, knownSinceMs(parts.now()));
  return page(
    say,
    say("accountTitle"),
    html`
      <p class="note">${account.email ?? account.id}</p>
      ${news(drawing, view)}
      ${sessionsPart(drawing, sessions)}
      ${devices.length === 0 ? undefined : devicesPart(drawing, devices)}
      ${browsers.length === 0 ? undefined : browsersPart(drawing, browsers)}
      ${factorsPart(drawing, factors)}
      ${totpPart(drawing, view)}
      ${passkeyPart(drawing)}
      ${phonePart(drawing, view)}
      <h2>${say("changeEmail")}</h2>
      ${emailPart(drawing, view)}
      <h2>${say("changePassword")}</h2>
      ${passwordPart(drawing)}
      <p><a href="${issuerPaths.endSession}">${say("signOut")}</a></p>
    `,
    { wide: true, script: true },
  );
}

const hidden = (name: string, value: string): Markup =>
  html`<input type="hidden" name="${name}" value="${value}">`;
const plainButton = (text: string): Markup => html`<button class="plain">${text}</button>`;

/** What came of the change that was asked for. */
function news({ say }: Drawing, { codes, fault, said }: AccountView): Markup {
  const wrong = fault === undefined ? undefined : html`<p class="fault" role="alert">${fault}</p>`;
  const done = said === undefined ? undefined : html`<p class="said" role="status">${said}</p>`;
  const recovery =
    codes === undefined
      ? undefined
      : html`
          <h2>${say("recoveryTitle")}</h2>
          <p>${say("recoveryHint")}</p>
          <ul class="codes">${codes.map((code) => html`<li>${code}</li>`)}</ul>
        `;
  return html`${wrong}${done}${recovery}`;
}

function sessionsPart({ day, form, say }: Drawing, sessions: readonly AppSession[]): Markup {
  const rows = sessions.map(({ clientId, createdAt, id, label, network, usedAt }) => {
    const text = say("signedInOn", clientId, day(createdAt), day(usedAt));
    const where = whereText(say, label, network);
    const end = form("end-session", html`${hidden("session", id)}${plainButton(say("end"))}`);
    return html`<li><span>${text} ${where}</span>${end}</li>`;
  });
  const endAll = form("end-all", plainButton(say("endAll")));
  return html`<h2>${say("sessions")}</h2><ul class="rows">${rows}</ul>${endAll}`;
}

/** What a sign-in said of itself, and the network it came from. */
function whereText(say: Say, label: string, network: string): Markup | undefined {
  const parts = [label, network === "" ? "" : say("fromNetwork", network)];
  const text = parts.filter((part) => part !== "").join(", ");
  return text === "" ? undefined : html`<span class="note">${text}</span>`;
}

function browsersPart(
  { browserId, day, form, say }: Drawing,
  browsers: readonly KnownBrowserRecord[],
): Markup {
  const rows = browsers.map(({ firstSeenAtMs, id, label, lastSeenAtMs, network }) => {
    const name = label === "" ? say("unnamedBrowser") : label;
    const text = say("browserSince", name, day(firstSeenAtMs), day(lastSeenAtMs));
    const where = whereText(say, "", network);
    const mark = id === browserId ? html`<strong>${say("thisOne")}</strong>` : undefined;
    const forget = form(
      "forget-browser",
      html`${hidden("browser", id)}${plainButton(say("forget"))}`,
    );
    return html`<li><span>${text} ${where} ${mark}</span>${forget}</li>`;
  });
  return html`<h2>${say("browsers")}</h2><ul class="rows">${rows}</ul>`;
}

function devicesPart({ day, form, say }: Drawing, devices: readonly Device[]): Markup {
  const rows = devices.map(({ firstSeenAt, id, label, trusted }) => {
    const text = say(trusted ? "trustedDevice" : "newDevice", label, day(firstSeenAt));
    const remove = form(
      "remove-device",
      html`${hidden("device", id)}${plainButton(say("remove"))}`,
    );
    return html`<li><span>${text}</span>${remove}</li>`;
  });
  return html`<h2>${say("devices")}</h2><ul class="rows">${rows}</ul>`;
}

const factorTitles = {
  totp: "totpFactor",
  phone: "phoneFactor",
  passkey: "passkeyFactor",
} as const;

function factorsPart({ day, form, say }: Drawing, factors: readonly Factor[]): Markup {
  const rows = factors.flatMap(({ createdAt, id, kind }) => {
    if (kind === "recovery") return [];
    const text = html`${say(factorTitles[kind])} <span class="note">${day(createdAt)}</span>`;
    const remove = form(
      "remove-factor",
      html`${hidden("factor", id)}${plainButton(say("remove"))}`,
    );
    return [html`<li><span>${text}</span>${remove}</li>`];
  });
  const left = factors.filter(({ kind }) => kind === "recovery").length;
  const renew = form("new-codes", plainButton(say("newCodes")));
  const recovery =
    left === 0 ? undefined : html`<li><span>${say("recoveryFactor", left)}</span>${renew}</li>`;
  return html`<h2>${say("factors")}</h2><ul class="rows">${rows}${recovery}</ul>`;
}

function totpPart({ account, form, parts, say, sessionName }: Drawing, view: AccountView): Markup {
  const { secret } = view;
  if (secret === undefined) return form("begin-totp", plainButton(say("addTotp")));
  const uri = totpUri(secret, parts.settings.title, account.email ?? account.id);
  const sealed = hidden("secret", sealSecret(parts, secret, sessionName));
  const fields = html`${sealed}${codeField(say("code"))}<button>${say("next")}</button>`;
  return html`
    <p>${say("enrolHint")}</p>
    <p><a class="button plain" href="${uri}">${say("openApp")}</a></p>
    <p>${say("key")}: <code>${base32(secret)}</code></p>
    ${form("add-totp", fields)}
  `;
}

const codeField = (label: string): Markup => html`
  <label>
    ${label}
    <input name="code" inputmode="numeric" autocomplete="one-time-code" required maxlength="10">
  </label>
`;

const passkeyPart = ({ say, token }: Drawing): Markup =>
  passkeyForm(issuerPaths.account, token, issuerPaths.account, "make", say, say("addPasskey"));

function phonePart({ form, parts, say }: Drawing, { phoneAsked }: AccountView): Markup | undefined {
  if (parts.texter === undefined) return undefined;
  if (phoneAsked === true)
    return form("add-phone", html`${codeField(say("code"))}<button>${say("next")}</button>`);
  return form(
    "begin-phone",
    html`
      <label>
        ${say("phone")}
        <input name="phone" type="tel" autocomplete="tel" required maxlength="24">
      </label>
      ${plainButton(say("addPhone"))}
    `,
  );
}

function emailPart({ form, say }: Drawing, { emailAsked }: AccountView): Markup {
  if (emailAsked !== undefined) {
    const fields = html`${codeField(say("code"))}<button>${say("next")}</button>`;
    return html`<p>${say("codeHint", emailAsked)}</p>${form("add-email", fields)}`;
  }
  return form(
    "begin-email",
    html`
      <label>
        ${say("newEmail")}
        <input name="email" type="email" autocomplete="email" autocapitalize="none"
          spellcheck="false" required maxlength="254">
      </label>
      ${plainButton(say("send"))}
    `,
  );
}

function passwordPart({ account, form, parts, say }: Drawing): Markup {
  const hint = say("passwordHint", parts.settings.passwords.least);
  const current = html`
    <label>
      ${say("currentPassword")}
      <input name="current" type="password" autocomplete="current-password" required maxlength="256">
    </label>
  `;
  return form(
    "password",
    html`
      ${account.password === undefined ? undefined : current}
      <label>
        ${say("newPassword")}<span class="hint"> ${hint}</span>
        <input name="password" type="password" autocomplete="new-password" required maxlength="256">
      </label>
      <button>${say("save")}</button>
    `,
  );
}
