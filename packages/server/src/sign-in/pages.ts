import type { IncomingMessage, ServerResponse } from "node:http";
import type { Provider } from "oidc-provider";
import { networkOf } from "@portcullis/guard/limits/limit-key";
import { issuerPaths } from "../issuer/issuer-document.ts";
import { answerAccount } from "./account-page.ts";
import { comeBack, comeBackByForm, leaveFor } from "./federated.ts";
import { asksForMfa, finishSignIn, type Interaction, keep } from "./finish.ts";
import { consentPage, type FormView, page, stepPage } from "./forms.ts";
import { cookieName, readCookie } from "./known-device.ts";
import { html } from "./markup.ts";
import { formToken, isOwnForm, seeOther, send } from "./page-answers.ts";
import { passkeysScript } from "./passkeys-script.ts";
import { FormTooLarge, readForm } from "./read-form.ts";
import type { Pending, SignInParts } from "./sign-in-parts.ts";
import { takeStep } from "./steps.ts";
import { styleSheet } from "./style.ts";
import { type Say, speak } from "./texts.ts";

/** Pages of sign-in. @returns a handler that says false of paths that are none of its own */
export function createPages(parts: SignInParts, redirectTargets: () => readonly string[], nativeSignIn: (request: IncomingMessage, response: ServerResponse) => Promise<void>): (request: IncomingMessage, response: ServerResponse, provider: Provider) => Promise<boolean> {
  const { settings } = parts;
  return async (request, response, provider) => {
    try {
      return await answer(request, response, provider);
    } catch (fault) {
      if (!(fault instanceof FormTooLarge)) throw fault;
      response.writeHead(413, { "Content-Type": "text/plain; charset=utf-8", "Cache-Control": "no-store", Connection: "close" }).end("This form is larger than any form here.");
      return true;
    }
  };

  async function answer(request: IncomingMessage, response: ServerResponse, provider: Provider): Promise<boolean> {
    const [path = "/", query = ""] = (request.url ?? "/").split("?", 2);
    if (path === issuerPaths.challenge && request.method === "POST") {
      await nativeSignIn(request, response);
      return true;
    }
    guardPage(response, redirectTargets());
    if (path === `${issuerPaths.signIn}/style.css`) return asset(response, "text/css", styleSheet(settings.accentColor));
    if (path === `${issuerPaths.signIn}/passkeys.js`) return asset(response, "text/javascript", passkeysScript);
    if (path === issuerPaths.account) return answerAccount(parts, request, response, provider);
    const federated = new RegExp(`^${issuerPaths.signIn}/from/([a-z0-9-]{1,32})$`).exec(path);
    if (federated !== null && request.method === "POST") return comeBackByForm(request, response, federated[1] as string);
    if (federated !== null) return comeBack(parts, request, response, provider, federated[1] as string, query);
    const own = new RegExp(`^${issuerPaths.signIn}/([\\w-]{1,64})(/passkey)?$`).exec(path);
    if (own === null) return false;
    await answerSignIn(parts, request, response, provider, own[2] !== undefined);
    return true;
  }
}

/** Every page: not framed (clickjacking), nothing loaded from elsewhere, no address passed on, never kept. */
function guardPage(response: ServerResponse, redirectTargets: readonly string[]): void {
  response.setHeader("Content-Security-Policy", `default-src 'none'; style-src 'self'; script-src 'self'; connect-src 'self'; form-action 'self' ${redirectTargets.join(" ")}; frame-ancestors 'none'; base-uri 'none'`);
  response.setHeader("X-Frame-Options", "DENY");
  response.setHeader("X-Content-Type-Options", "nosniff");
  response.setHeader("Referrer-Policy", "no-referrer");
  response.setHeader("Cross-Origin-Opener-Policy", "same-origin");
}

function asset(response: ServerResponse, type: string, body: string): true {
  response.writeHead(200, { "Content-Type": `${type}; charset=utf-8`, "Cache-Control": "public, max-age=3600" }).end(body);
  return true;
}

async function answerSignIn(parts: SignInParts, request: IncomingMessage, response: ServerResponse, provider: Provider, passkey: boolean): Promise<void> {
  let interaction: Interaction;
  try {
    interaction = await provider.interactionDetails(request, response);
  } catch {
    const say = speak(undefined, request.headers["accept-language"], parts.settings.locales);
    return send(response, 400, page(say, say("signIn"), html`<p>${say("expired")}</p>`));
  }
  const say = speak(textOf(interaction.params["ui_locales"]), request.headers["accept-language"], parts.settings.locales);
  const pending = pendingOf(interaction);
  if (pending.step === "done") return finishDone(parts, request, response, provider, pending);
  // RFC 8252 section 8.12: an app that shows sign-in in its own window can read it. People are told, nobody is locked out.
  if (request.method === "GET") return show(parts, response, interaction, pending, say, pending.fault ?? (isEmbedded(request) ? say("embedded") : undefined), 200);
  const { field, json } = await readForm(request);
  if (!isOwnForm(parts, request, interaction.uid, json === undefined ? field("form") : textOf(json["form"]) ?? "")) return send(response, 403, page(say, say("signIn"), html`<p>${say("expired")}</p>`));
  if (passkey) {
    const { challenge, options } = await parts.passkeys.askFor();
    await keep(interaction, { ...pending, challenge });
    response.writeHead(200, { "Content-Type": "application/json", "Cache-Control": "no-store" }).end(JSON.stringify(options));
    return undefined;
  }
  const intent = field("intent");
  if (interaction.prompt.name === "consent") return answerConsent(request, response, provider, interaction, intent === "allow");
  if (intent.startsWith("provider:")) return leaveFor(parts, response, intent.slice("provider:".length), interaction.uid, say);
  const known = readCookie(request.headers.cookie, cookieName(parts.settings.issuer, "known"));
  const outcome = await takeStep(parts, { intent, field, pending, attempt: interaction.uid, network: networkOf(addressOf(request)), knownCookie: known, needsMfa: asksForMfa(interaction), say });
  if ("fault" in outcome && outcome.retryAfterSeconds !== undefined) response.setHeader("Retry-After", String(outcome.retryAfterSeconds));
  if ("fault" in outcome) return show(parts, response, interaction, pending, say, outcome.fault, outcome.status ?? 400, field("email"));
  if ("next" in outcome) {
    await keep(interaction, outcome.next);
    return seeOther(response, `${issuerPaths.signIn}/${interaction.uid}`);
  }
  if (outcome.link !== undefined) await parts.db.insertInto("identities").values({ ...outcome.link, account_id: outcome.signedIn.id, linked_at: parts.now() }).onConflict((conflict) => conflict.doNothing()).execute();
  await finishSignIn(parts, request, response, provider, outcome.signedIn, outcome.amr);
  return undefined;
}

/** Somebody who came back from another provider, and needs no further step. */
async function finishDone(parts: SignInParts, request: IncomingMessage, response: ServerResponse, provider: Provider, { accountId, amr }: Pending): Promise<void> {
  const account = await parts.accounts.byId(accountId ?? "");
  if (account === undefined || account.disabled) throw new Error("the account is gone");
  await finishSignIn(parts, request, response, provider, account, amr ?? []);
}

async function answerConsent(request: IncomingMessage, response: ServerResponse, provider: Provider, { grantId, params, prompt, session }: Interaction, allowed: boolean): Promise<void> {
  if (!allowed) return provider.interactionFinished(request, response, { error: "access_denied", error_description: "the person did not allow it" }, { mergeWithLastSubmission: false });
  const grant = (grantId === undefined ? undefined : await provider.Grant.find(grantId)) ?? new provider.Grant({ accountId: session?.accountId, clientId: textOf(params["client_id"]) });
  const { missingOIDCClaims, missingOIDCScope, missingResourceScopes } = prompt.details as { missingOIDCScope?: string[]; missingOIDCClaims?: string[]; missingResourceScopes?: Record<string, string[]> };
  if (missingOIDCScope !== undefined) grant.addOIDCScope(missingOIDCScope.join(" "));
  if (missingOIDCClaims !== undefined) grant.addOIDCClaims(missingOIDCClaims);
  for (const [resource, scopes] of Object.entries(missingResourceScopes ?? {})) grant.addResourceScope(resource, scopes.join(" "));
  return provider.interactionFinished(request, response, { consent: { grantId: await grant.save() } }, { mergeWithLastSubmission: true });
}

function show(parts: SignInParts, response: ServerResponse, interaction: Interaction, pending: Pending, say: Say, fault: string | undefined, status: number, email?: string): void {
  const action = `${issuerPaths.signIn}/${interaction.uid}`;
  const view: FormView = { say, settings: parts.settings, pending, formToken: formToken(parts, interaction.uid), action, hint: email ?? textOf(interaction.params["login_hint"]) ?? "", fault, texts: parts.texter !== undefined, providers: parts.federation.providers };
  if (interaction.prompt.name !== "consent") return send(response, status, stepPage(view));
  const { missingOIDCScope = [], missingResourceScopes = {} } = interaction.prompt.details as { missingOIDCScope?: string[]; missingResourceScopes?: Record<string, string[]> };
  return send(response, status, consentPage(view, textOf(interaction.params["client_id"]) ?? "", [...missingOIDCScope, ...Object.values(missingResourceScopes).flat()].filter((scope) => scope !== "openid")));
}

function pendingOf(interaction: Interaction): Pending {
  const kept = (interaction.result as { pending?: Pending } | undefined)?.pending;
  if (kept !== undefined) return kept;
  const session = interaction.session as { accountId?: string; amr?: string[] } | undefined;
  // Somebody who is signed in and asked for a second proof is not asked for the first again.
  return interaction.prompt.reasons.length === 1 && interaction.prompt.reasons[0] === "acr_values" && session?.accountId !== undefined ? { step: "second", accountId: session.accountId, amr: session.amr ?? ["pwd"] } : { step: "start" };
}

const isEmbedded = ({ headers }: IncomingMessage): boolean => /; wv\)|\bFB(?:AN|AV)\/|\bInstagram\b|\bLine\//.test(headers["user-agent"] ?? "");
const textOf = (value: unknown): string | undefined => (typeof value === "string" ? value : undefined);
export const addressOf = (request: IncomingMessage): string => (typeof request.headers["x-forwarded-for"] === "string" ? request.headers["x-forwarded-for"] : "127.0.0.1");
