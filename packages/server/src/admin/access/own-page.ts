import type { IncomingHttpHeaders } from "node:http";
import { Refused } from "../route.ts";
import type { ConsoleAddress } from "./console-address.ts";

interface Asked {
  readonly method: string;
  readonly headers: IncomingHttpHeaders;
}

export const changes = ({ method }: { readonly method: string }): boolean =>
  method !== "GET" && method !== "HEAD";

/**
 * Holds what a browser asks with its cookie to the console's own page. A page of another site, or
 * of another port of this name, can make a browser send the cookie; it cannot make it say another
 * Origin, Host or Sec-Fetch-Site.
 *
 * @throws Refused
 */
export function holdToOwnPage(asked: Asked, { host, origin }: ConsoleAddress): void {
  const { host: sentHost, origin: sentOrigin, "sec-fetch-site": site } = asked.headers;
  if (sentHost !== host)
    throw new Refused(421, "The console is at another address", `It is at ${origin}.`, {
      code: "foreign-host",
    });
  // Browsers say the origin of every change; what they fetch of their own page may come without.
  const isOwn = sentOrigin === origin || (sentOrigin === undefined && !changes(asked));
  // An address that a person types, or opens from a bookmark, comes from no site.
  const sites = changes(asked) ? ["same-origin"] : ["same-origin", "none"];
  if (!isOwn || (site !== undefined && !sites.includes(site)))
    throw new Refused(
      403,
      "Another page has asked for this",
      `Signed in by the console, only its own page at ${origin} may ask. Programs send a token.`,
      { code: "foreign-origin" },
    );
}
