import { createHash, randomBytes } from "node:crypto";
import type { IncomingMessage, ServerResponse } from "node:http";
import type { Provider } from "oidc-provider";
import { issuerPaths } from "../../names/issuer-document.ts";
import { page } from "../html/page.ts";
import { html } from "../html/markup.ts";
import { cookieName, readCookie } from "../cookies.ts";
import { isOwnForm, seeOther, send } from "../html/page-answers.ts";
import { readForm } from "../html/read-form.ts";
import { browserIdOf } from "../known-browser.ts";
import type { SignInParts } from "../sign-in-parts.ts";
import { speak } from "../texts/speak.ts";
import { accountMarkup } from "./account-markup.ts";
import { changeAccount } from "./change-account.ts";
import type { Visit } from "./visit.ts";

/** The pages' own client: it signs in like an app, for the session alone. */
export const accountClientId = "portcullis-account";
/**
 * How old a sign-in may be at most: whoever finds an open browser must not change how its owner
 * signs in.
 */
const freshSeconds = 300;

/** Where people see and end their sessions, and change how they sign in. */
export async function answerAccount(
  parts: SignInParts,
  request: IncomingMessage,
  response: ServerResponse,
  provider: Provider,
): Promise<true> {
  const session = await provider.Session.get(provider.createContext(request, response));
  const account =
    session.accountId === undefined ? undefined : await parts.accounts.byId(session.accountId);
  const signedInAt = session.loginTs ?? 0;
  if (
    account === undefined ||
    account.disabled ||
    (request.method === "GET" && parts.now() / 1000 - signedInAt > freshSeconds)
  ) {
    seeOther(response, signInFirst(parts));
    return true;
  }
  if ((request.url ?? "").includes("?")) {
    seeOther(response, issuerPaths.account);
    return true;
  }
  const say = speak(undefined, request.headers["accept-language"], parts.settings.locales);
  const known = readCookie(request.headers.cookie, cookieName(parts.settings.issuer, "known"));
  const browserId = browserIdOf(known);
  const visit: Visit = { parts, account, say, sessionName: session.uid, browserId };
  if (request.method === "GET") {
    send(response, 200, await accountMarkup(visit, {}));
    return true;
  }
  const { field, json } = await readForm(request);
  const given =
    json === undefined ? field("form") : typeof json["form"] === "string" ? json["form"] : "";
  if (
    !isOwnForm(parts, request, `account:${session.uid}`, given) ||
    parts.now() / 1000 - signedInAt > 2 * freshSeconds
  ) {
    send(response, 403, page(say, say("accountTitle"), html`<p>${say("expired")}</p>`));
    return true;
  }
  if (json !== undefined) {
    const { challenge, options } = await parts.passkeys.askForNew(account);
    await parts.codes.keep(`challenge:${challenge}`, session.uid, account.id);
    response
      .writeHead(200, { "Content-Type": "application/json", "Cache-Control": "no-store" })
      .end(JSON.stringify(options));
    return true;
  }
  const view = await changeAccount(visit, field);
  send(response, view.fault === undefined ? 200 : 400, await accountMarkup(visit, view));
  return true;
}

/**
 * Where somebody is sent to sign in anew. The code in the answer is never redeemed: the page needs
 * only the browser session that comes of signing in.
 */
function signInFirst({ settings }: SignInParts): string {
  const query = new URLSearchParams({
    client_id: accountClientId,
    response_type: "code",
    scope: "openid",
    redirect_uri: `${settings.issuer}${issuerPaths.account}`,
    code_challenge: createHash("sha256").update(randomBytes(32)).digest("base64url"),
    code_challenge_method: "S256",
    max_age: String(freshSeconds - 60),
  });
  return `${issuerPaths.authorization}?${query.toString()}`;
}
