import type { IncomingMessage, ServerResponse } from "node:http";
import type { Provider } from "oidc-provider";
import { networkOf } from "@portcullis/guard/tokens";
import { issuerPaths } from "../names/issuer-document.ts";
import { answerConsent, consentView } from "./consent.ts";
import { cookieName, readCookie } from "./cookies.ts";
import { leaveFor } from "./federated.ts";
import { asksForMfa, finishSignIn, type Interaction, keep } from "./finish.ts";
import { consentPage, stepPage } from "./html/forms.ts";
import type { FormView } from "./html/form-parts.ts";
import { html } from "./html/markup.ts";
import { page } from "./html/page.ts";
import { addressOf, formToken, isOwnForm, seeOther, send } from "./html/page-answers.ts";
import { readForm, type SentForm } from "./html/read-form.ts";
import type { Pending, SignInParts } from "./sign-in-parts.ts";
import { afterFirst } from "./steps/first-proof.ts";
import { standingAccount, whoIs } from "./steps/standing.ts";
import { takeStep } from "./steps/take-step.ts";
import { type Say, speak } from "./texts/speak.ts";

/** One request to the page of one sign-in. */
interface Turn {
  readonly parts: SignInParts;
  readonly request: IncomingMessage;
  readonly response: ServerResponse;
  readonly provider: Provider;
  readonly interaction: Interaction;
  readonly knownCookie: string | undefined;
  readonly pending: Pending;
  readonly say: Say;
}

/**
 * The page at which somebody signs in or consents, and the forms that it sends.
 *
 * @param passkey a script of the page asks for a challenge, to be answered by a passkey
 */
export async function answerSignIn(
  parts: SignInParts,
  request: IncomingMessage,
  response: ServerResponse,
  provider: Provider,
  passkey: boolean,
): Promise<void> {
  const spoken = request.headers["accept-language"];
  let interaction: Interaction;
  try {
    interaction = await provider.interactionDetails(request, response);
  } catch {
    // The sign-in is another browser's, or it is over. The person is told the same of both.
    return sayExpired(response, 400, speak(undefined, spoken, parts.settings.locales));
  }
  const say = speak(textOf(interaction.params["ui_locales"]), spoken, parts.settings.locales);
  const knownCookie = readCookie(
    request.headers.cookie,
    cookieName(parts.settings.issuer, "known"),
  );
  const network = networkOf(addressOf(request));
  const pending =
    keptOf(interaction) ?? (await beginStep(parts, interaction, { knownCookie, network }, say));
  const turn = { parts, request, response, provider, interaction, knownCookie, pending, say };
  if (pending.step === "done") return finishDone(turn);
  // RFC 8252 section 8.12: an app that shows sign-in in its own window can read it. People are
  // told, nobody is locked out.
  if (request.method === "GET")
    return show(turn, pending.fault ?? (isEmbedded(request) ? say("embedded") : undefined), 200);
  const form = await readForm(request);
  const token = form.json === undefined ? form.field("form") : (textOf(form.json["form"]) ?? "");
  if (!isOwnForm(parts, request, interaction.uid, token)) return sayExpired(response, 403, say);
  if (passkey) return askForPasskey(turn);
  return answerForm(turn, form);
}

function sayExpired(response: ServerResponse, status: number, say: Say): void {
  send(response, status, page(say, say("signIn"), html`<p>${say("expired")}</p>`));
}

async function askForPasskey({ interaction, parts, pending, response }: Turn): Promise<void> {
  const { challenge, options } = await parts.passkeys.askFor();
  await keep(interaction, { ...pending, challenge });
  response
    .writeHead(200, { "Content-Type": "application/json", "Cache-Control": "no-store" })
    .end(JSON.stringify(options));
}

async function answerForm(turn: Turn, { field }: SentForm): Promise<void> {
  const { interaction, knownCookie, parts, pending, provider, request, response, say } = turn;
  const intent = field("intent");
  if (interaction.prompt.name === "consent")
    return answerConsent(request, response, provider, interaction, intent === "allow");
  if (intent.startsWith("provider:"))
    return leaveFor(parts, response, intent.slice("provider:".length), interaction.uid, say);
  const outcome = await takeStep(parts, {
    intent,
    field,
    pending,
    attempt: interaction.uid,
    network: networkOf(addressOf(request)),
    knownCookie,
    needsMfa: asksForMfa(interaction),
    say,
  });
  if ("fault" in outcome) {
    if (outcome.retryAfterSeconds !== undefined)
      response.setHeader("Retry-After", String(outcome.retryAfterSeconds));
    const { fault, instead, status = 400 } = outcome;
    if (instead !== undefined) await keep(interaction, instead);
    return show({ ...turn, pending: instead ?? pending }, fault, status, field("email"));
  }
  if ("next" in outcome) {
    await keep(interaction, outcome.next);
    return seeOther(response, `${issuerPaths.signIn}/${interaction.uid}`);
  }
  const { amr, link, signedIn } = outcome;
  if (link !== undefined)
    await parts.store.identities.linkUnlessLinked({
      ...link,
      accountId: signedIn.id,
      linkedAtMs: parts.now(),
    });
  // The sign-in in which the password was replaced is the one that goes on.
  if (pending.who !== undefined && pending.who.epoch !== signedIn.epoch)
    await keep(interaction, { ...pending, who: whoIs(signedIn) });
  return finishSignIn(parts, request, response, provider, signedIn, amr);
}

/** Somebody who came back from another provider, and needs no further step. */
async function finishDone({
  parts,
  pending,
  provider,
  request,
  response,
  say,
}: Turn): Promise<void> {
  const account = await standingAccount(parts, pending);
  if (account === undefined) return sayExpired(response, 400, say);
  await finishSignIn(parts, request, response, provider, account, pending.amr ?? []);
}

function show(
  { interaction, parts, pending, response, say }: Turn,
  fault: string | undefined,
  status: number,
  email?: string,
): void {
  const view: FormView = {
    say,
    settings: parts.settings,
    pending,
    formToken: formToken(parts, interaction.uid),
    action: `${issuerPaths.signIn}/${interaction.uid}`,
    hint: email ?? textOf(interaction.params["login_hint"]) ?? "",
    fault,
    texts: parts.texter !== undefined,
    providers: parts.federation.providers,
  };
  const consent = consentView(interaction);
  send(
    response,
    status,
    consent === undefined ? stepPage(view) : consentPage(view, consent.client, consent.scopes),
  );
}

const keptOf = (interaction: Interaction): Pending | undefined =>
  (interaction.result as { pending?: Pending } | undefined)?.pending;

/**
 * Where a sign-in begins. Somebody who is signed in and asked for a second proof is not asked for
 * the first again; whoever has no second factor is led to setting one up, by a proof that was there
 * before.
 */
async function beginStep(
  parts: SignInParts,
  interaction: Interaction,
  { knownCookie, network }: { readonly knownCookie: string | undefined; readonly network: string },
  say: Say,
): Promise<Pending> {
  const session = interaction.session as SignedInBefore | undefined;
  const { reasons } = interaction.prompt;
  const isStepUp = reasons.length === 1 && reasons[0] === "acr_values";
  if (!isStepUp || session?.accountId === undefined) return { step: "start" };
  const who = { accountId: session.accountId, epoch: session.epoch ?? 0 };
  const account = await standingAccount(parts, { who });
  if (account === undefined) return { step: "start" };
  const submission = {
    attempt: interaction.uid,
    network,
    knownCookie,
    needsMfa: true,
    pending: { step: "start" },
    say,
  } as const;
  const outcome = await afterFirst(parts, submission, account, session.amr ?? ["pwd"]);
  if (!("next" in outcome)) return { step: "start" };
  // What was mailed or texted for it is not sent again when the page is looked at again.
  await keep(interaction, outcome.next);
  return outcome.next;
}

/** What an interaction says of the browser session that it began in. */
interface SignedInBefore {
  readonly accountId?: string;
  readonly amr?: readonly string[];
  readonly epoch?: number;
}

const isEmbedded = ({ headers }: IncomingMessage): boolean =>
  /; wv\)|\bFB(?:AN|AV)\/|\bInstagram\b|\bLine\//.test(headers["user-agent"] ?? "");
const textOf = (value: unknown): string | undefined =>
  typeof value === "string" ? value : undefined;
