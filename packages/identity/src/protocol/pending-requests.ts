import type { KoaContextWithOIDC } from "oidc-provider";
import { networkOf } from "@portcullis/guard/tokens";
import type { Counters, Wish } from "../counting/counters.ts";
import { issuerPaths } from "../names/issuer-document.ts";
import { currentWork, type UnitOfWork, type Write } from "../rotation/unit-of-work.ts";
import { tooManyPage } from "./provider-pages.ts";

/**
 * Anybody may begin a sign-in, and each that is begun is a row until it is over: half an hour, or a
 * minute and a half where it was pushed. How many of them there can be is bounded for a network and
 * in all; those that come to an end make room.
 */
export const boundPending =
  (counters: Counters) =>
  async (context: KoaContextWithOIDC, next: () => Promise<unknown>): Promise<void> => {
    await next();
    const work = currentWork.getStore();
    if (work === undefined) return;
    const network = networkOf(context.ip);
    if (work.writes.some((write) => write.do === "remove" && isEnded(write, context)))
      await counters.giveBack(...wishes("sign-in-begun", network));
    const begun = work.writes.find((write) => write.do === "put" && isAnonymous(write));
    if (begun === undefined) return;
    const isPushed = "model" in begun && begun.model === "PushedAuthorizationRequest";
    // A program that proves who it is pushes for all of its people, from one network.
    const isKnown = isPushed && context.oidc.client?.clientAuthMethod !== "none";
    const wanted = wishes(isPushed ? "sign-in-pushed" : "sign-in-begun", network);
    const taken = await counters.take(...(isKnown ? wanted.slice(0, 1) : wanted));
    if ("waitMs" in taken) refuse(context, work, taken.waitMs);
  };

const wishes = (thing: "sign-in-begun" | "sign-in-pushed", network: string): readonly Wish[] => [
  { thing: `${thing}-in-all`, about: "" },
  { thing: `${thing}-network`, about: network },
];

/** The browser comes back from the pages, and a sign-in that was counted is over. */
function isEnded(
  { model }: Write & { readonly do: "remove" },
  { oidc }: KoaContextWithOIDC,
): boolean {
  const { Interaction: interaction } = oidc.entities;
  return (
    model === "Interaction" && interaction !== undefined && !isOfSomebody(interaction as Begun)
  );
}

interface Begun {
  readonly session?: { readonly accountId?: string };
}
const isOfSomebody = ({ session }: Begun): boolean => session?.accountId !== undefined;

function isAnonymous({ model, payload }: Write & { readonly do: "put" }): boolean {
  if (model === "PushedAuthorizationRequest") return true;
  return model === "Interaction" && !isOfSomebody(payload as Begun);
}

/** Nothing of the request is kept. */
function refuse(context: KoaContextWithOIDC, work: UnitOfWork, waitMs: number): void {
  work.writes.length = 0;
  context.remove("Location");
  context.remove("Set-Cookie");
  context.status = 429;
  context.set("Retry-After", String(Math.ceil(waitMs / 1000)));
  context.set("Cache-Control", "no-store");
  if (context.path === issuerPaths.pushedAuthorizationRequest) {
    context.body = {
      error: "temporarily_unavailable",
      error_description: "too many sign-ins were begun and not ended: ask again in a moment",
    };
    return;
  }
  context.type = "text/html; charset=utf-8";
  context.body = tooManyPage();
}
