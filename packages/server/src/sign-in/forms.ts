import { base32, totpUri } from "../factors/totp.ts";
import { issuerPaths } from "../issuer/issuer-document.ts";
import { html, type Markup } from "./markup.ts";
import type { Pending, SignInSettings } from "./sign-in-parts.ts";
import type { Say } from "./texts.ts";

export interface FormView {
  readonly say: Say;
  readonly settings: SignInSettings;
  readonly pending: Pending;
  /** Ties the form to this sign-in. */
  readonly formToken: string;
  readonly action: string;
  readonly hint: string;
  readonly fault: string | undefined;
  /** Codes can be sent to telephones. */
  readonly texts: boolean;
  readonly providers: readonly { readonly id: string; readonly title: string }[];
}

export function page(say: Say, title: string, body: Markup, options: { readonly wide?: boolean; readonly script?: boolean; readonly goTo?: string } = {}): string {
  return html`<!doctype html>
<html lang="${say.locale}">
<head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1"><title>${title}</title>${options.goTo === undefined ? undefined : html`<meta http-equiv="refresh" content="0; url=${options.goTo}">`}<link rel="stylesheet" href="${issuerPaths.signIn}/style.css">${options.script === true ? html`<script type="module" src="${issuerPaths.signIn}/passkeys.js"></script>` : undefined}</head>
<body><main${options.wide === true ? html` class="wide"` : undefined}><h1>${title}</h1>${body}</main></body>
</html>`.text;
}

const fault = (text: string | undefined): Markup | undefined => (text === undefined ? undefined : html`<p class="fault" role="alert">${text}</p>`);

const form = ({ action, formToken }: FormView, intent: string, body: Markup): Markup => html`<form method="post" action="${action}"><input type="hidden" name="form" value="${formToken}"><input type="hidden" name="intent" value="${intent}">${body}</form>`;
const link = (view: FormView, intent: string, text: string): Markup => form(view, intent, html`<button class="link">${text}</button>`);

const emailField = (say: Say, value: string): Markup => html`<label>${say("email")}<input name="email" type="email" value="${value}" autocomplete="username" autocapitalize="none" spellcheck="false" required maxlength="254" ${value === "" ? "autofocus" : ""}></label>`;
const codeField = (say: Say, digits: number): Markup => html`<label>${say("code")}<input name="code" inputmode="${digits === 8 ? "numeric" : "text"}" autocomplete="one-time-code" required maxlength="40" autofocus></label>`;
const newPasswordField = (say: Say, least: number): Markup => html`<label>${say("newPassword")}<span class="hint"> ${say("passwordHint", least)}</span><input name="password" type="password" autocomplete="new-password" required minlength="${least}" maxlength="256"></label>`;

export const passkeyForm = (action: string, formToken: string, options: string, kind: "use" | "make", say: Say, label: string): Markup =>
  html`<form method="post" action="${action}" data-passkey="${kind}" data-options="${options}" hidden><input type="hidden" name="form" value="${formToken}"><input type="hidden" name="intent" value="${kind === "use" ? "passkey" : "add-passkey"}"><input type="hidden" name="credential" value=""><p class="fault" data-fault role="alert" hidden>${say("wrong")}</p><button class="${kind === "use" ? "" : "plain"}">${label}</button></form>`;

/** The page of each step. All of them work without a script; passkeys alone need one, and hide without it. */
export function stepPage(view: FormView): string {
  const { pending, say, settings } = view;
  const { least } = settings.passwords;
  const top = fault(view.fault);
  switch (pending.step) {
    case "sign-up":
      return page(say, say("signUp"), html`${top}${form(view, "sign-up", html`${emailField(say, view.hint)}${newPasswordField(say, least)}<button>${say("next")}</button>`)}${link(view, "start", say("haveAccount"))}`);
    case "reset":
      return page(say, say("resetTitle"), html`${top}<p>${say("resetHint")}</p>${form(view, "reset", html`${emailField(say, view.hint)}<button>${say("send")}</button>`)}${link(view, "start", say("signIn"))}`);
    case "sign-up-code":
    case "reset-code":
      return page(say, say("codeTitle"), html`${top}<p>${say("codeHint", pending.email ?? "")}</p>${form(view, "code", html`${codeField(say, 8)}<button>${say("next")}</button>`)}${link(view, "start", say("signIn"))}`);
    case "reset-password":
      return page(say, say("resetTitle"), html`${top}${form(view, "new-password", html`${newPasswordField(say, least)}<button>${say("save")}</button>`)}`);
    case "second": {
      const hint = pending.mailed === true ? "mailHint" : pending.texted === true ? "textHint" : "totpHint";
      return page(say, say("secondTitle"), html`${top}<p>${say(hint)}</p>${form(view, "second", html`${codeField(say, hint === "totpHint" ? 6 : 8)}<button>${say("next")}</button>`)}${view.texts && pending.mailed !== true ? link(view, "send-text", say("sendText")) : undefined}${link(view, "start", say("signIn"))}`);
    }
    case "enrol": {
      const secret = Buffer.from(pending.secret ?? "", "base64");
      return page(say, say("enrolTitle"), html`${top}<p>${say("enrolHint")}</p><p><a class="button plain" href="${totpUri(secret, settings.title, pending.email ?? settings.title)}">${say("openApp")}</a></p><p>${say("key")}: <code>${base32(secret).replace(/(.{4})(?=.)/g, "$1 ")}</code></p>${form(view, "enrol", html`${codeField(say, 6)}<button>${say("next")}</button>`)}`);
    }
    case "recovery":
      return page(say, say("recoveryTitle"), html`<p>${say("recoveryHint")}</p><ul class="codes">${(pending.recoveryCodes ?? []).map((code) => html`<li>${code}</li>`)}</ul>${form(view, "recovery", html`<button>${say("next")}</button>`)}`);
    case "start":
    case "done":
      return startPage(view, top);
    default:
      return pending.step;
  }
}

function startPage(view: FormView, top: Markup | undefined): string {
  const { action, formToken, providers, say, settings } = view;
  const others = providers.map(({ id, title }) => form(view, `provider:${id}`, html`<button class="plain">${say("withProvider", title)}</button>`));
  return page(
    say,
    say("signInTo", settings.title),
    html`${top}${passkeyForm(action, formToken, `${action}/passkey`, "use", say, say("withPasskey"))}<p class="or" data-passkey-or hidden>${say("or")}</p>${form(view, "password", html`${emailField(say, view.hint)}<label>${say("password")}<input name="password" type="password" autocomplete="current-password" required maxlength="256" ${view.hint === "" ? "" : "autofocus"}></label><button>${say("signIn")}</button>`)}${others}${link(view, "go-reset", say("forgot"))}${settings.signUp === "open" ? link(view, "go-sign-up", say("signUp")) : undefined}`,
    { script: true },
  );
}

export function consentPage(view: Omit<FormView, "pending">, client: string, scopes: readonly string[]): string {
  const { say } = view;
  const whole = { ...view, pending: { step: "start" } } satisfies FormView;
  return page(say, say("consentTitle", client), html`<p>${say("consentHint")}</p><ul>${scopes.map((scope) => html`<li><code>${scope}</code></li>`)}</ul>${form(whole, "allow", html`<button>${say("allow")}</button>`)}${form(whole, "deny", html`<button class="plain">${say("deny")}</button>`)}`);
}
