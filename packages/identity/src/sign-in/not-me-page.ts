import type { IncomingMessage, ServerResponse } from "node:http";
import { issuerPaths } from "../names/issuer-document.ts";
import type { Account } from "../people/accounts.ts";
import { audit } from "../people/audit.ts";
import { html, type Markup } from "./html/markup.ts";
import { page } from "./html/page.ts";
import { send } from "./html/page-answers.ts";
import { readForm } from "./html/read-form.ts";
import { type Disavowal, readDisavowal } from "./notices.ts";
import type { SignInParts } from "./sign-in-parts.ts";
import { speak } from "./texts/speak.ts";

/**
 * Where the link of a notice leads: `it was not me`. Reading the page does nothing, so that programs
 * that look at links in mail do not end anything; its button does.
 */
export async function answerNotMe(
  parts: SignInParts,
  request: IncomingMessage,
  response: ServerResponse,
  query: string,
): Promise<true> {
  const say = speak(undefined, request.headers["accept-language"], parts.settings.locales);
  const show = (status: number, body: Markup): true => {
    send(response, status, page(say, say("notMeTitle"), body));
    return true;
  };
  const isAsked = request.method !== "POST";
  const token = isAsked
    ? (new URLSearchParams(query).get("notice") ?? "")
    : (await readForm(request)).field("notice");
  const disavowal = readDisavowal(token, parts.sealing, parts.now());
  const account =
    disavowal === undefined ? undefined : await parts.accounts.byId(disavowal.accountId);
  if (disavowal === undefined || account === undefined)
    return show(400, html`<p>${say("notMeExpired")}</p>`);
  if (isAsked)
    return show(
      200,
      html`
        <p class="note">${account.email ?? account.id}</p>
        <p>${say("notMeHint")}</p>
        <form method="post" action="${issuerPaths.notMe}">
          <input type="hidden" name="notice" value="${token}">
          <button>${say("notMe")}</button>
        </form>
      `,
    );
  const mustReset = await disavow(parts, account, disavowal);
  return show(
    200,
    html`<p role="status">${say("notMeDone")}</p>${mustReset ? html`<p>${say("notMeReset")}</p>` : undefined}`,
  );
}

/**
 * Ends everything that was begun, takes back what the notice was about, and forgets the password,
 * which somebody else may know. @returns whether a new password is to be chosen by mail
 */
async function disavow(
  { accounts, factors, now, sessions, store }: SignInParts,
  account: Account,
  { event, factorId, formerEmail }: Disavowal,
): Promise<boolean> {
  if (factorId !== undefined) await factors.remove(account.id, factorId);
  const isRestored =
    formerEmail !== undefined &&
    formerEmail !== account.email &&
    (await accounts.changeEmail(account.id, formerEmail));
  // Without an address no new password could be chosen: then the old one stays.
  const mustReset = account.password !== undefined && (isRestored || account.email !== undefined);
  await sessions.endEverything(account.id, "not-me", {
    also: async (tables) => {
      if (mustReset) await tables.accounts.setPasswordHash(account.id, null);
    },
  });
  await audit(store.audit, now(), {
    actor: `user:${account.id}`,
    action: "not-me",
    about: `user:${account.id}`,
    details: { event },
  });
  return mustReset;
}
