import type { KoaContextWithOIDC } from "oidc-provider";
import { issuerPaths } from "../names/issuer-document.ts";

const escape = (text: string): string =>
  text.replaceAll(/[&<>"']/g, (character) => `&#${character.charCodeAt(0)};`);

const page = (title: string, ...body: readonly string[]): string =>
  [
    '<!doctype html><html lang="en"><head><meta charset="utf-8">',
    '<meta name="viewport" content="width=device-width">',
    `<title>${title}</title>`,
    `<link rel="stylesheet" href="${issuerPaths.signIn}/style.css">`,
    `</head><body><main>${body.join("")}</main></body></html>`,
  ].join("");

/** What a browser is shown when a request cannot go on. */
export function errorPage(error: string, description: string | undefined): string {
  const reason = description === undefined ? error : `${error}: ${description}`;
  return page(
    "Sign-in cannot go on",
    "<h1>Sign-in cannot go on</h1>",
    "<p>Go back to the app and start again.</p>",
    `<p class="note">${escape(reason)}</p>`,
  );
}

/** What a browser is shown while the store is lost. */
export const awayPage = (): string =>
  page(
    "Try again in a moment",
    "<h1>Try again in a moment</h1>",
    "<p>Sign-in is not available just now. Nothing is wrong with what you have typed.</p>",
  );

/** What a browser is shown where more sign-ins were begun than are ended. */
export const tooManyPage = (): string =>
  page(
    "Try again in a moment",
    "<h1>Try again in a moment</h1>",
    "<p>Too many people of your network have begun to sign in and have not come to an end.</p>",
  );

/** @param form the provider's own, which says who signs out and where to go then */
export function signOutPage(context: KoaContextWithOIDC, form: string): void {
  context.body = page(
    "Sign out",
    `<h1>Sign out?</h1>${form}`,
    '<p><button form="op.logoutForm" name="logout" value="yes">Sign out</button></p>',
    '<p><button class="plain" form="op.logoutForm">Stay signed in</button></p>',
  );
}

export function signedOutPage(context: KoaContextWithOIDC): void {
  context.body = page("Signed out", "<h1>You are signed out</h1><p>This page can be closed.</p>");
}
