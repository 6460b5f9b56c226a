import type { IncomingMessage, ServerResponse } from "node:http";
import { networkOf } from "@portcullis/guard/tokens";
import type { Provider } from "oidc-provider";
import type { Account } from "../people/accounts.ts";
import { audit } from "../people/audit.ts";
import { cookieName, readCookie, setCookie } from "./cookies.ts";
import { browserWords } from "../names/device-words.ts";
import { addressOf } from "./html/page-answers.ts";
import { knownSeconds, makeKnown } from "./known-browser.ts";
import type { Pending, SignInParts } from "./sign-in-parts.ts";

export type Interaction = Awaited<ReturnType<Provider["interactionDetails"]>>;

/** The app wants more than one proof (RFC 9470 section 4). */
export function asksForMfa({ params: { acr_values: asked } }: Interaction): boolean {
  return typeof asked === "string" && asked.split(" ").includes("mfa");
}

/** Where the sign-in stands, for the next form. */
export async function keep(
  interaction: Interaction,
  pending: Omit<Pending, "fault">,
  fault?: string,
): Promise<void> {
  interaction.result = { pending: fault === undefined ? pending : { ...pending, fault } } as never;
  await interaction.persist();
}

/**
 * The person has proved who they are: back to the authorization request, which goes on with a new
 * session.
 */
export async function finishSignIn(
  parts: SignInParts,
  request: IncomingMessage,
  response: ServerResponse,
  provider: Provider,
  account: Account,
  amr: readonly string[],
): Promise<void> {
  const { issuer } = parts.settings;
  const browser = {
    account,
    cookie: readCookie(request.headers.cookie, cookieName(issuer, "known")),
    label: browserWords(request.headers["user-agent"]),
    network: networkOf(addressOf(request)),
  };
  const known = await makeKnown(parts.store.knownBrowsers, browser, parts.now());
  response.setHeader("Set-Cookie", [setCookie(issuer, "known", known, knownSeconds)]);
  await audit(parts.store.audit, parts.now(), {
    actor: `user:${account.id}`,
    action: "signed-in",
    about: `user:${account.id}`,
    details: { amr: amr.join(" ") },
  });
  const login = {
    accountId: account.id,
    // Kept beside the name: it goes on only while the account stands so.
    epoch: account.epoch,
    acr: amr.includes("mfa") ? "mfa" : "pwd",
    amr: [...amr],
    remember: false,
    ts: Math.floor(parts.now() / 1000),
  };
  const once = { mergeWithLastSubmission: false };
  await provider.interactionFinished(request, response, { login }, once);
}
