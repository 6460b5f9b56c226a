import { timingSafeEqual } from "node:crypto";
import type { IncomingMessage, ServerResponse } from "node:http";
import type { Provider } from "oidc-provider";
import { audit } from "../accounts/audit.ts";
import { readEmail } from "../accounts/accounts.ts";
import { issuerPaths } from "../issuer/issuer-document.ts";
import type { Away, UpstreamIdentity } from "./federation.ts";
import { page } from "./forms.ts";
import { cookieName, readCookie } from "./known-device.ts";
import { html } from "./markup.ts";
import { asksForMfa, keep } from "./finish.ts";
import { readForm } from "./read-form.ts";
import { seeOther, send } from "./page-answers.ts";
import type { SignInParts } from "./sign-in-parts.ts";
import { afterFirst } from "./steps.ts";
import { type Say, speak } from "./texts.ts";

const awaySeconds = 600;

/** Off to the provider. What must be the same on return goes with the browser, sealed: nobody else's return fits. */
export async function leaveFor(parts: SignInParts, response: ServerResponse, id: string, interaction: string, say: Say): Promise<void> {
  const { federation, sealing, settings } = parts;
  if (!federation.providers.some((provider) => provider.id === id)) return send(response, 400, page(say, say("signIn"), html`<p>${say("expired")}</p>`));
  const leaving = await federation.leave(id, interaction).catch(() => undefined);
  if (leaving === undefined) return send(response, 502, page(say, say("signIn"), html`<p>${say("busy")}</p>`));
  const sealed = Buffer.from(sealing.seal(JSON.stringify(leaving.away), "away")).toString("base64url");
  response.setHeader("Set-Cookie", `${cookieName(settings.issuer, "away")}=${sealed}; Path=/; Max-Age=${awaySeconds}; HttpOnly; SameSite=Lax${settings.issuer.startsWith("https:") ? "; Secure" : ""}`);
  // Not by redirect: browsers hold where a form leads, to the last hop, to the page's policy, and how a provider goes on is its own affair.
  return send(response, 200, page(say, say("signIn"), html`<p><a class="button" href="${leaving.url}">${say("withProvider", federation.providers.find((provider) => provider.id === id)?.title ?? id)}</a></p>`, { goTo: leaving.url }));
}

/** An answer that comes as a form comes without this browser's cookies: it is sent round by an address, which brings them. */
export async function comeBackByForm(request: IncomingMessage, response: ServerResponse, id: string): Promise<true> {
  const { field } = await readForm(request);
  const query = new URLSearchParams();
  for (const name of ["code", "state", "iss", "error"]) if (field(name) !== "") query.set(name, field(name));
  seeOther(response, `${issuerPaths.signIn}/from/${id}?${query.toString()}`);
  return true;
}

/** Back from the provider: to the sign-in it was left from, and only in the browser that left it. */
export async function comeBack(parts: SignInParts, request: IncomingMessage, response: ServerResponse, provider: Provider, id: string, query: string): Promise<true> {
  const say = speak(undefined, request.headers["accept-language"], parts.settings.locales);
  const away = readAway(parts, request);
  const state = new URLSearchParams(query).get("state") ?? "";
  const interaction = away === undefined || away.provider !== id || !isSame(state, away.state) ? undefined : await provider.Interaction.find(away.interaction);
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
  const account = await accountFor(parts, identity);
  if (account === undefined) {
    await keep(interaction, { step: "start", link: { issuer: identity.issuer, subject: identity.subject } }, say("notLinked"));
    seeOther(response, back);
    return true;
  }
  const outcome = await afterFirst(parts, { attempt: interaction.uid, knownCookie: readCookie(request.headers.cookie, cookieName(parts.settings.issuer, "known")), needsMfa: asksForMfa(interaction), say }, account, ["fed"]);
  // The sign-in's own cookie is bound to its own path: it ends there.
  if ("next" in outcome) await keep(interaction, outcome.next);
  else if ("signedIn" in outcome) await keep(interaction, { step: "done", accountId: outcome.signedIn.id, amr: outcome.amr });
  seeOther(response, back);
  return true;
}

/** By issuer and subject alone. An address is no proof: who controls one elsewhere may not own the account that has it here. */
async function accountFor({ accounts, db, now, settings }: SignInParts, { email, emailVerified, issuer, subject }: UpstreamIdentity): ReturnType<SignInParts["accounts"]["byId"]> {
  const linked = await db.selectFrom("identities").select("account_id").where("issuer", "=", issuer).where("subject", "=", subject).executeTakeFirst();
  if (linked !== undefined) {
    const account = await accounts.byId(linked.account_id);
    return account?.disabled === true ? undefined : account;
  }
  if (settings.signUp !== "open") return undefined;
  const read = email === undefined || !emailVerified ? undefined : readEmail(email);
  if (read !== undefined && (await accounts.byEmail(read)) !== undefined) return undefined;
  const account = await accounts.add({ ...(read === undefined ? {} : { email: read, emailVerified: true }), roles: settings.roles });
  await db.insertInto("identities").values({ issuer, subject, account_id: account.id, linked_at: now() }).execute();
  await audit(db, now(), { actor: `user:${account.id}`, action: "signed-up", about: `user:${account.id}`, details: { from: issuer } });
  return account;
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
