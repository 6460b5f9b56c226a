import type { Pending, SignInSettings } from "../sign-in-parts.ts";
import type { Say } from "../texts/speak.ts";
import { html, type Markup } from "./markup.ts";

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

export const fault = (text: string | undefined): Markup | undefined =>
  text === undefined ? undefined : html`<p class="fault" role="alert">${text}</p>`;

export const form = ({ action, formToken }: FormView, intent: string, body: Markup): Markup => html`
  <form method="post" action="${action}">
    <input type="hidden" name="form" value="${formToken}">
    <input type="hidden" name="intent" value="${intent}">
    ${body}
  </form>
`;
export const link = (view: FormView, intent: string, text: string): Markup =>
  form(view, intent, html`<button class="link">${text}</button>`);
export const button = (text: string): Markup => html`<button>${text}</button>`;

export const codeField = (say: Say, digits: number): Markup => html`
  <label>
    ${say("code")}
    <input name="code" inputmode="${digits === 8 ? "numeric" : "text"}"
      autocomplete="one-time-code" required maxlength="40" autofocus>
  </label>
`;
