import type { IncomingMessage, ServerResponse } from "node:http";
import type { Provider } from "oidc-provider";
import { issuerPaths } from "../names/issuer-document.ts";
import { answerAccount } from "./account/account-page.ts";
import { comeBack, comeBackByForm } from "./federated.ts";
import { passkeysScript } from "./html/passkeys-script.ts";
import { FormTooLarge } from "./html/read-form.ts";
import { styleSheet } from "./html/style.ts";
import { answerNotMe } from "./not-me-page.ts";
import { answerSignIn } from "./sign-in-page.ts";
import type { SignInParts } from "./sign-in-parts.ts";

/** One of the pages; false when the path is none of them. */
export type Pages = (
  request: IncomingMessage,
  response: ServerResponse,
  provider: Provider,
) => Promise<boolean>;

/** Pages of sign-in, and what they load. */
export function createPages(
  parts: SignInParts,
  redirectTargets: () => readonly string[],
  nativeSignIn: (request: IncomingMessage, response: ServerResponse) => Promise<void>,
): Pages {
  const answer: Pages = async (request, response, provider) => {
    const [path = "/", query = ""] = (request.url ?? "/").split("?", 2);
    if (path === issuerPaths.challenge && request.method === "POST") {
      await nativeSignIn(request, response);
      return true;
    }
    guardPage(response, redirectTargets());
    return answerPage(parts, request, response, provider, path, query);
  };
  return (request, response, provider) =>
    answer(request, response, provider).catch((fault: unknown) => {
      if (!(fault instanceof FormTooLarge)) throw fault;
      return tooLarge(response);
    });
}

async function answerPage(
  parts: SignInParts,
  request: IncomingMessage,
  response: ServerResponse,
  provider: Provider,
  path: string,
  query: string,
): Promise<boolean> {
  if (path === `${issuerPaths.signIn}/style.css`)
    return asset(response, "text/css", styleSheet(parts.settings.accentColor));
  if (path === `${issuerPaths.signIn}/passkeys.js`)
    return asset(response, "text/javascript", passkeysScript);
  if (path === issuerPaths.notMe) return answerNotMe(parts, request, response, query);
  if (path === issuerPaths.account) return answerAccount(parts, request, response, provider);
  const from = fromProvider.exec(path)?.[1];
  if (from !== undefined)
    return request.method === "POST"
      ? comeBackByForm(request, response, from)
      : comeBack(parts, request, response, provider, from, query);
  const own = ofSignIn.exec(path);
  if (own === null) return false;
  await answerSignIn(parts, request, response, provider, own[2] !== undefined);
  return true;
}

const fromProvider = new RegExp(`^${issuerPaths.signIn}/from/([a-z0-9-]{1,32})$`);
const ofSignIn = new RegExp(`^${issuerPaths.signIn}/([\\w-]{1,64})(/passkey)?$`);

function tooLarge(response: ServerResponse): true {
  response
    .writeHead(413, {
      "Content-Type": "text/plain; charset=utf-8",
      "Cache-Control": "no-store",
      Connection: "close",
    })
    .end("This form is larger than any form here.");
  return true;
}

/**
 * Every page: not framed (clickjacking), nothing loaded from elsewhere, no address passed on, never
 * kept.
 */
function guardPage(response: ServerResponse, redirectTargets: readonly string[]): void {
  response.setHeader(
    "Content-Security-Policy",
    [
      "default-src 'none'",
      "style-src 'self'",
      "script-src 'self'",
      "connect-src 'self'",
      `form-action 'self' ${redirectTargets.join(" ")}`,
      "frame-ancestors 'none'",
      "base-uri 'none'",
    ].join("; "),
  );
  response.setHeader("X-Frame-Options", "DENY");
  response.setHeader("X-Content-Type-Options", "nosniff");
  response.setHeader("Referrer-Policy", "no-referrer");
  response.setHeader("Cross-Origin-Opener-Policy", "same-origin");
}

function asset(response: ServerResponse, type: string, body: string): true {
  response
    .writeHead(200, {
      "Content-Type": `${type}; charset=utf-8`,
      "Cache-Control": "public, max-age=3600",
    })
    .end(body);
  return true;
}
