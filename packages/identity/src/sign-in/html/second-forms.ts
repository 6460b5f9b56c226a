import { base32, totpUri } from "../../factors/totp.ts";
import { button, codeField, form, type FormView, link } from "./form-parts.ts";
import { html, type Markup } from "./markup.ts";
import { page, passkeyForm } from "./page.ts";

export function secondPage(view: FormView, top: Markup | undefined): string {
  const { pending, say, texts } = view;
  const hint =
    pending.mailed === true ? "mailHint" : pending.texted === true ? "textHint" : "totpHint";
  const fields = html`${codeField(say, hint === "totpHint" ? 6 : 8)}${button(say("next"))}`;
  return page(
    say,
    say("secondTitle"),
    html`
      ${top}
      <p>${say(hint)}</p>
      ${form(view, "second", fields)}
      ${texts && pending.mailed !== true ? link(view, "send-text", say("sendText")) : undefined}
      ${link(view, "start", say("signIn"))}
    `,
  );
}

export function secondByPasskey(view: FormView, top: Markup | undefined): string {
  const { action, formToken, say } = view;
  return page(
    say,
    say("secondTitle"),
    html`
      ${top}
      <p>${say("passkeyHint")}</p>
      ${passkeyForm(action, formToken, `${action}/passkey`, "use", say, say("withPasskey"))}
      ${link(view, "start", say("signIn"))}
    `,
    { script: true },
  );
}

export function invitationPage(view: FormView, top: Markup | undefined): string {
  const { say } = view;
  return page(
    say,
    say("secondTitle"),
    html`
      ${top}
      <p>${say("invitationHint")}</p>
      ${form(view, "invitation", html`${codeField(say, 13)}${button(say("next"))}`)}
      ${link(view, "start", say("signIn"))}
    `,
  );
}

export function enrolPage(view: FormView, top: Markup | undefined): string {
  const { pending, say, settings } = view;
  const secret = Buffer.from(pending.secret ?? "", "base64");
  const uri = totpUri(secret, settings.title, pending.email ?? settings.title);
  const key = base32(secret).replace(/(.{4})(?=.)/g, "$1 ");
  return page(
    say,
    say("enrolTitle"),
    html`
      ${top}
      <p>${say("enrolHint")}</p>
      <p><a class="button plain" href="${uri}">${say("openApp")}</a></p>
      <p>${say("key")}: <code>${key}</code></p>
      ${form(view, "enrol", html`${codeField(say, 6)}${button(say("next"))}`)}
    `,
  );
}
