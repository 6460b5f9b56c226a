import type { Say } from "../texts/speak.ts";
import { button, codeField, fault, form, type FormView, link } from "./form-parts.ts";
import { html, type Markup } from "./markup.ts";
import { page, passkeyForm } from "./page.ts";
import { enrolPage, invitationPage, secondByPasskey, secondPage } from "./second-forms.ts";

const emailField = (say: Say, value: string): Markup => html`
  <label>
    ${say("email")}
    <input name="email" type="email" value="${value}" autocomplete="username" autocapitalize="none"
      spellcheck="false" required maxlength="254" ${value === "" ? "autofocus" : ""}>
  </label>
`;
const newPasswordField = (say: Say, least: number): Markup => html`
  <label>
    ${say("newPassword")}<span class="hint"> ${say("passwordHint", least)}</span>
    <input name="password" type="password" autocomplete="new-password" required
      minlength="${least}" maxlength="256">
  </label>
`;
const passwordField = (say: Say, isNext: boolean): Markup => html`
  <label>
    ${say("password")}
    <input name="password" type="password" autocomplete="current-password" required
      maxlength="256" ${isNext ? "autofocus" : ""}>
  </label>
`;

/**
 * The page of each step. All of them work without a script; passkeys alone need one, and hide
 * without it.
 */
export function stepPage(view: FormView): string {
  const { pending, say, settings } = view;
  const { least } = settings.passwords;
  const top = fault(view.fault);
  switch (pending.step) {
    case "sign-up": {
      const fields = html`
        ${emailField(say, view.hint)}
        ${newPasswordField(say, least)}
        ${button(say("next"))}
      `;
      return page(
        say,
        say("signUp"),
        html`${top}${form(view, "sign-up", fields)}${link(view, "start", say("haveAccount"))}`,
      );
    }
    case "reset": {
      const fields = html`${emailField(say, view.hint)}${button(say("send"))}`;
      return page(
        say,
        say("resetTitle"),
        html`
          ${top}
          <p>${say("resetHint")}</p>
          ${form(view, "reset", fields)}
          ${link(view, "start", say("signIn"))}
        `,
      );
    }
    case "sign-up-code":
    case "reset-code":
      return page(
        say,
        say("codeTitle"),
        html`
          ${top}
          <p>${say("codeHint", pending.email ?? "")}</p>
          ${form(view, "code", html`${codeField(say, 8)}${button(say("next"))}`)}
          ${link(view, "start", say("signIn"))}
        `,
      );
    case "reset-password": {
      const fields = html`${newPasswordField(say, least)}${button(say("save"))}`;
      return page(say, say("resetTitle"), html`${top}${form(view, "new-password", fields)}`);
    }
    case "reach":
      return reachPage(view, top);
    case "second":
      return pending.passkey === true ? secondByPasskey(view, top) : secondPage(view, top);
    case "invitation":
      return invitationPage(view, top);
    case "enrol":
      return enrolPage(view, top);
    case "recovery": {
      const codes = (pending.recoveryCodes ?? []).map((code) => html`<li>${code}</li>`);
      return page(
        say,
        say("recoveryTitle"),
        html`
          <p>${say("recoveryHint")}</p>
          <ul class="codes">${codes}</ul>
          ${form(view, "recovery", button(say("next")))}
        `,
      );
    }
    case "start":
    case "done":
      return startPage(view, top);
    default:
      return pending.step;
  }
}

function reachPage(view: FormView, top: Markup | undefined): string {
  const { pending, say } = view;
  const sent = pending.mailed === true;
  return page(
    say,
    say("reachTitle"),
    html`
      ${top}
      <p>${say(sent ? "reachSent" : "reachHint", pending.email ?? "")}</p>
      ${sent ? form(view, "code", html`${codeField(say, 13)}${button(say("next"))}`) : undefined}
      ${sent ? link(view, "send-code", say("send")) : form(view, "send-code", button(say("send")))}
      ${link(view, "start", say("signIn"))}
    `,
  );
}

function startPage(view: FormView, top: Markup | undefined): string {
  const { action, formToken, hint, providers, say, settings } = view;
  const others = providers.map(({ id, title }) =>
    form(
      view,
      `provider:${id}`,
      html`<button class="plain">${say("withProvider", title)}</button>`,
    ),
  );
  const fields = html`
    ${emailField(say, hint)}
    ${passwordField(say, hint !== "")}
    ${button(say("signIn"))}
  `;
  return page(
    say,
    say("signInTo", settings.title),
    html`
      ${top}
      ${passkeyForm(action, formToken, `${action}/passkey`, "use", say, say("withPasskey"))}
      <p class="or" data-passkey-or hidden>${say("or")}</p>
      ${form(view, "password", fields)}
      ${others}
      ${link(view, "go-reset", say("forgot"))}
      ${settings.signUp === "open" ? link(view, "go-sign-up", say("signUp")) : undefined}
    `,
    { script: true },
  );
}

export function consentPage(
  view: Omit<FormView, "pending">,
  client: string,
  scopes: readonly string[],
): string {
  const { say } = view;
  const whole = { ...view, pending: { step: "start" } } satisfies FormView;
  return page(
    say,
    say("consentTitle", client),
    html`
      <p>${say("consentHint")}</p>
      <ul>${scopes.map((scope) => html`<li><code>${scope}</code></li>`)}</ul>
      ${form(whole, "allow", button(say("allow")))}
      ${form(whole, "deny", html`<button class="plain">${say("deny")}</button>`)}
    `,
  );
}
