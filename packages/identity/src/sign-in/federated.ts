import { timingSafeEqual } from "node:crypto";
import type { IncomingMessage, ServerResponse } from "node:http";
import type { Provider } from "oidc-provider";
import { networkOf } from "@portcullis/guard/tokens";
import { issuerPaths } from "../names/issuer-document.ts";
import type { Away, UpstreamIdentity } from "../federation/federation.ts";
import { linkedAccount } from "../federation/linked-account.ts";
import { page } from "./html/page.ts";
import { cookieName, readCookie, setCookie } from "./cookies.ts";
import { html } from "./html/markup.ts";
import { asksForMfa, keep } from "./finish.ts";
import { readForm } from "./html/read-form.ts";
import { addressOf, seeOther, send } from "./html/page-answers.ts";
import type { SignInParts } from "./sign-in-parts.ts";
import { afterFirst } from "./steps/first-proof.ts";
import { whoIs } from "./steps/standing.ts";
import { type Say, speak } from "./texts/speak.ts";

const awaySeconds = 600;

/**
 * Sends somebody to sign in at the provider. State, nonce and verifier go with the browser in a
 * sealed cookie, so that only the browser that left can come back (login CSRF).
 */
export async function leaveFor(
  parts: SignInParts,
  response: ServerResponse,
  id: string,
  interaction: string,
  say: Say,
): Promise<void> {
  const { federation, sealing, settings } = parts;
  const provider = federation.providers.find((one) => one.id === id);
  if (provider === undefined)
    return send(response, 400, page(say, say("signIn"), html`<p>${say("expired")}</p>`));
  const leaving = await federation.leave(id, interaction).catch(() => undefined);
  if (leaving === undefined)
    return send(response, 502, page(say, say("signIn"), html`<p>${say("busy")}</p>`));
  const sealed = Buffer.from(sealing.seal(JSON.stringify(leaving.away), "away")).toString(
    "base64url",
  );
  response.setHeader("Set-Cookie", setCookie(settings.issuer, "away", sealed, awaySeconds));
  // A page that leads on, and not a redirect: browsers hold every redirect behind a form to the
  // page's form-action policy, and the provider's own redirects are not known here.
  const title = say("withProvider", provider.title);
  const link = html`<p><a class="button" href="${leaving.url}">${title}</a></p>`;
  return send(response, 200, page(say, say("signIn"), link, { goTo: leaving.url }));
}

/**
 * An answer that comes as a form from another site comes without SameSite cookies. It is turned
 * into a redirect to the same address, which the browser follows with them.
 */
export async function comeBackByForm(
  request: IncomingMessage,
  response: ServerResponse,
  id: string,
): Promise<true> {
  const { field } = await readForm(request);
  const query = new URLSearchParams();
  for (const name of ["code", "state", "iss", "error"])
    if (field(name) !== "") query.set(name, field(name));
  seeOther(response, `${issuerPaths.signIn}/from/${id}?${query.toString()}`);
  return true;
}

/**
 * Back from the provider: to the sign-in it was left from, and only in the browser that left it.
 */
export async function comeBack(
  parts: SignInParts,
  request: IncomingMessage,
  response: ServerResponse,
  provider: Provider,
  id: string,
  query: string,
): Promise<true> {
  const say = speak(undefined, request.headers["accept-language"], parts.settings.locales);
  const away = readAway(parts, request);
  const state = new URLSearchParams(query).get("state") ?? "";
  const interaction =
    away === undefined || away.provider !== id || !isSame(state, away.state)
      ? undefined
      : await provider.Interaction.find(away.interaction);
  if (away === undefined || interaction === undefined) {
    send(response, 400, page(say, say("signIn"), html`<p>${say("expired")}</p>`));
    return true;
  }
  const back = `${issuerPaths.signIn}/${interaction.uid}`;
  let identity: UpstreamIdentity;
  try {
    identity = await parts.federation.comeBack(query, away);
  } catch {
    await keep(interaction, { step: "start" }, say("wrong"));
    seeOther(response, back);
    return true;
  }
  const account = await linkedAccount(parts, identity);
  if (account === undefined) {
    await keep(
      interaction,
      { step: "start", link: { issuer: identity.issuer, subject: identity.subject } },
      say("notLinked"),
    );
    seeOther(response, back);
    return true;
  }
  const outcome = await afterFirst(
    parts,
    {
      attempt: interaction.uid,
      network: networkOf(addressOf(request)),
      pending: { step: "start" },
      knownCookie: readCookie(request.headers.cookie, cookieName(parts.settings.issuer, "known")),
      needsMfa: asksForMfa(interaction),
      say,
    },
    account,
    ["fed", ...identity.amr],
  );
  // The cookie of this sign-in is sent to its own path alone: the sign-in is finished there.
  if ("next" in outcome) await keep(interaction, outcome.next);
  else if ("signedIn" in outcome)
    await keep(interaction, { step: "done", who: whoIs(outcome.signedIn), amr: outcome.amr });
  seeOther(response, back);
  return true;
}

function readAway({ sealing, settings }: SignInParts, request: IncomingMessage): Away | undefined {
  const sealed = readCookie(request.headers.cookie, cookieName(settings.issuer, "away"));
  if (sealed === undefined) return undefined;
  try {
    return JSON.parse(sealing.open(Buffer.from(sealed, "base64url"), "away")) as Away;
  } catch {
    return undefined;
  }
}

function isSame(one: string, other: string): boolean {
  return one.length === other.length && timingSafeEqual(Buffer.from(one), Buffer.from(other));
}
