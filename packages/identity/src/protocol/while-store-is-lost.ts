import type { IncomingMessage, ServerResponse } from "node:http";
import type { KoaContextWithOIDC } from "oidc-provider";
import { issuerPaths } from "../names/issuer-document.ts";
import { hasLostStore, meetingStore, StoreLost } from "../store/store-lost.ts";
import { awayPage } from "./provider-pages.ts";

const retryAfterSeconds = 5;

interface Away {
  readonly type: "text/html; charset=utf-8" | "application/json";
  readonly body: string;
}

/** Programs are told in JSON, people by a page. */
function awayAnswer(path: string): Away {
  const isPage = [
    issuerPaths.signIn,
    issuerPaths.account,
    issuerPaths.authorization,
    issuerPaths.endSession,
  ].some((one) => path === one || path.startsWith(`${one}/`));
  return isPage
    ? { type: "text/html; charset=utf-8", body: awayPage() }
    : {
        type: "application/json",
        body: JSON.stringify({
          error: "temporarily_unavailable",
          error_description: "the issuer cannot reach its store: ask again in a moment",
        }),
      };
}

/** Answers 503 where an answer could not be made because the store was lost. */
export const whileStoreIsLost = (
  request: IncomingMessage,
  response: ServerResponse,
  answer: () => Promise<void>,
): Promise<void> =>
  meetingStore(async () => {
    try {
      await answer();
    } catch (fault) {
      if (!(fault instanceof StoreLost) || response.headersSent) throw fault;
      const { body, type } = awayAnswer((request.url ?? "/").split("?", 1)[0] as string);
      for (const name of response.getHeaderNames()) response.removeHeader(name);
      response
        .writeHead(503, {
          "Content-Type": type,
          "Cache-Control": "no-store",
          "Retry-After": String(retryAfterSeconds),
        })
        .end(body);
    }
  });

/**
 * The same around the provider, which answers faults itself: with `server_error`, by sending the
 * browser back to the app with it, or with what a missing record means.
 */
export async function outermost(
  context: KoaContextWithOIDC,
  next: () => Promise<unknown>,
): Promise<void> {
  let failed = false;
  try {
    await next();
  } catch (fault) {
    if (!(fault instanceof StoreLost)) throw fault;
    failed = true;
  }
  if (!failed && !(hasLostStore() && isRefusal(context))) return;
  const { body, type } = awayAnswer(context.path);
  context.remove("Location");
  context.remove("Set-Cookie");
  context.status = 503;
  context.set("Retry-After", String(retryAfterSeconds));
  context.set("Cache-Control", "no-store");
  context.type = type;
  context.body = body;
}

function isRefusal({ response, status }: KoaContextWithOIDC): boolean {
  if (status >= 400) return true;
  const { searchParams } = URL.parse(response.get("Location"), "http://localhost") ?? {};
  return searchParams?.has("error") === true;
}
