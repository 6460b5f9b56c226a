import { html, type Markup, styleSheet } from "@portcullis/identity/page-parts";
import { signInScript } from "./sign-in-script.ts";

/** The console's own colour, where its pages stand beside those that people sign in on. */
const accent = "#1d5fd1";

/** What the pages load, by the path of its address. */
export const signInFiles: ReadonlyMap<
  string,
  { readonly mediaType: string; readonly body: string }
> = new Map([
  ["/sign-in/page.js", { mediaType: "text/javascript; charset=utf-8", body: signInScript }],
  ["/sign-in/page.css", { mediaType: "text/css; charset=utf-8", body: styleSheet(accent) }],
]);

const mark = html`<svg class="mark" width="28" height="28" viewBox="0 0 28 28" aria-hidden="true"><path d="M4 26V11a10 10 0 0 1 20 0v15M9 4v22M14 2v24M19 4v22M4 12h20M4 19h20" fill="none" stroke="currentColor" stroke-width="2" stroke-linecap="round"></path></svg>`;

const shell = (title: string, node: string, page: string, body: Markup): string =>
  html`<!doctype html>
<html lang="en">
  <head>
    <meta charset="utf-8">
    <meta name="viewport" content="width=device-width, initial-scale=1">
    <meta name="robots" content="noindex">
    <title>${title}</title>
    <link rel="stylesheet" href="/sign-in/page.css">
    ${page === "" ? undefined : html`<script type="module" src="/sign-in/page.js"></script>`}
  </head>
  <body>
    <main data-page="${page}">
      <p class="brand">${mark} Portcullis <span class="hint">${node}</span></p>
      <h1>${title}</h1>
      ${body}
    </main>
  </body>
</html>
`.text;

const needsScript = html`<noscript><p class="fault">Passkeys need scripts. Allow those of this address.</p></noscript>`;

/** For those who have a passkey here. */
export const signInPage = (node: string): string =>
  shell(
    "Sign in to the console",
    node,
    "sign-in",
    html`
      ${needsScript}
      <form>
        <p class="fault" id="fault" role="alert" hidden></p>
        <button>Sign in with your passkey</button>
      </form>
      <p class="hint">No passkey here yet? Ask an admin of the console for a link, or run <code>portcullis console invite</code> on the machine.</p>
    `,
  );

/** For those who hold a link. */
export const joinPage = (node: string): string =>
  shell(
    "Join the console",
    node,
    "join",
    html`
      ${needsScript}
      <p id="invited" hidden>This link lets you in once, with the role <strong id="role"></strong>. From then on you sign in with a passkey of this device.</p>
      <p class="fault" id="fault" role="alert" hidden></p>
      <form hidden>
        <label>Your name<input name="name" autocomplete="username" autocapitalize="none" spellcheck="false" maxlength="63" required aria-describedby="named"></label>
        <p class="hint" id="named">As the audit will name you: a to z, digits, dots and dashes.</p>
        <button>Make a passkey and sign in</button>
      </form>
    `,
  );

/** A page that only says something. */
export const plainPage = (title: string, node: string, words: Markup): string =>
  shell(title, node, "", words);
