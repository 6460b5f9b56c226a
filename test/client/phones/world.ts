import { Browser } from "../../identity/browser.ts";
import type { IdentityGate } from "../../identity/identity-gate.ts";
import { byPassword, email } from "../phone.ts";
import type { World } from "./engines.ts";

interface Request {
  readonly method: string;
  readonly url: string;
  readonly headers: Record<string, string>;
  readonly body: string | null;
}

/**
 * The world around a phone: a real gate, a person with their browser, and a network that loses the
 * answers of requests whose body says so.
 */
export function worldAt(gate: IdentityGate): { readonly world: World; readonly sent: string[] } {
  const browser = new Browser(gate);
  const sent: string[] = [];
  const fetchAt = async ({ body, headers: fields, method, url }: Request): Promise<object> => {
    sent.push(`${method} ${new URL(url).pathname}`);
    const answer = await gate.fetch(url, {
      method,
      headers: fields,
      ...(body === null || method === "GET" ? {} : { body }),
    });
    const text = await answer.text();
    if (body?.includes('"lost"') === true) return { fault: "The network connection was lost." };
    const headers = Object.fromEntries(answer.headers);
    const base64 = Buffer.from(text).toString("base64");
    return { status: answer.status, headers, body: text, base64 };
  };
  const openAt = async ({ url }: { readonly url: string }): Promise<object> => {
    const redirected = await byPassword(browser, url, email);
    return redirected === undefined ? { type: "cancel" } : { type: "success", url: redirected };
  };
  return {
    sent,
    async world(question) {
      const [, what, details = ""] = /^\d+ (\w+) (.*)$/s.exec(question) ?? [];
      const asked = JSON.parse(details) as Request;
      return JSON.stringify(what === "browser" ? await openAt(asked) : await fetchAt(asked));
    },
  };
}
