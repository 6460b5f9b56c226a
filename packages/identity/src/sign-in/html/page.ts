import { issuerPaths } from "../../names/issuer-document.ts";
import type { Say } from "../texts/speak.ts";
import { html, type Markup } from "./markup.ts";

/**
 * A whole page.
 *
 * @param options goTo: where the browser goes by itself; script: load the script of passkeys
 */
export function page(
  say: Say,
  title: string,
  body: Markup,
  options: { readonly wide?: boolean; readonly script?: boolean; readonly goTo?: string } = {},
): string {
  const goTo =
    options.goTo === undefined
      ? undefined
      : html`<meta http-equiv="refresh" content="0; url=${options.goTo}">`;
  const script =
    options.script === true
      ? html`<script type="module" src="${issuerPaths.signIn}/passkeys.js"></script>`
      : undefined;
  return html`<!doctype html>
<html lang="${say.locale}">
  <head>
    <meta charset="utf-8">
    <meta name="viewport" content="width=device-width, initial-scale=1">
    <title>${title}</title>
    ${goTo}
    <link rel="stylesheet" href="${issuerPaths.signIn}/style.css">
    ${script}
  </head>
  <body>
    <main${options.wide === true ? html` class="wide"` : undefined}>
      <h1>${title}</h1>
      ${body}
    </main>
  </body>
</html>
`.text;
}

/** Shown by the script of passkeys, where the browser has them. */
export const passkeyForm = (
  action: string,
  formToken: string,
  options: string,
  kind: "use" | "make",
  say: Say,
  label: string,
): Markup => html`
  <form method="post" action="${action}" data-passkey="${kind}" data-options="${options}" hidden>
    <input type="hidden" name="form" value="${formToken}">
    <input type="hidden" name="intent" value="${kind === "use" ? "passkey" : "add-passkey"}">
    <input type="hidden" name="credential" value="">
    <p class="fault" data-fault role="alert" hidden>${say("wrong")}</p>
    <button class="${kind === "use" ? "" : "plain"}">${label}</button>
  </form>
`;
