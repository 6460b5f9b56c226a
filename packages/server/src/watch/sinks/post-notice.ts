import { lookup as resolveName } from "node:dns";
import { type ClientRequest, request as requestOpenly } from "node:http";
import { request as requestByTls } from "node:https";
import { isIP, type LookupFunction } from "node:net";
import { isPrivate } from "./private-address.ts";

export interface Posting {
  readonly to: URL;
  readonly body: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly allowPrivate: boolean;
  /** From the first moment to the head of the answer. */
  readonly withinMs: number;
}

/** What became of one attempt. */
export type Posted =
  | { readonly kind: "taken" }
  /** Another attempt may fare better. */
  | { readonly kind: "later"; readonly why: string }
  | { readonly kind: "refused"; readonly why: string };

/**
 * Sends a notice once. The name is looked up here, and the connection goes to the very address that
 * was judged: a name that resolves to another one a moment later leads nowhere else. A redirect is a
 * refusal. Of the answer only its status is read.
 */
export function postNotice({
  allowPrivate,
  body,
  headers,
  to,
  withinMs,
}: Posting): Promise<Posted> {
  const host = to.hostname.replace(/^\[|\]$/g, "");
  if (isIP(host) !== 0 && !allowPrivate && isPrivate(host))
    return Promise.resolve({ kind: "refused", why: `${host} is not of the Internet` });
  const bytes = Buffer.from(body);
  return new Promise((resolve) => {
    const asked: ClientRequest = (to.protocol === "https:" ? requestByTls : requestOpenly)(to, {
      method: "POST",
      // A connection of its own: what one sink keeps open is nobody else's.
      agent: false,
      headers: {
        "Content-Type": "application/json",
        "Content-Length": bytes.length,
        "User-Agent": "Portcullis",
        ...headers,
      },
      ...(allowPrivate ? {} : { lookup: lookupOutside }),
    });
    const deadline = setTimeout(
      () => asked.destroy(new Error(`no answer within ${withinMs} ms`)),
      withinMs,
    );
    asked.on("response", (response) => {
      clearTimeout(deadline);
      resolve(judged(response.statusCode ?? 0));
      // Whatever it goes on to say, nobody waits for it.
      response.destroy();
    });
    asked.on("error", (fault) => {
      clearTimeout(deadline);
      resolve(
        fault instanceof PrivateAddress
          ? { kind: "refused", why: fault.message }
          : { kind: "later", why: fault.message },
      );
    });
    asked.end(bytes);
  });
}

function judged(status: number): Posted {
  if (status >= 200 && status < 300) return { kind: "taken" };
  if (status >= 300 && status < 400)
    return { kind: "refused", why: `it answered ${status}, and redirects are not followed` };
  if (status >= 500 || status === 408 || status === 429)
    return { kind: "later", why: `it answered ${status}` };
  return { kind: "refused", why: `it answered ${status}` };
}

class PrivateAddress extends Error {}

/** Addresses of the Internet alone: one of another kind among them makes the whole name suspect. */
const lookupOutside: LookupFunction = (hostname, options, callback) => {
  resolveName(hostname, { ...options, all: true }, (fault, found) => {
    if (fault !== null) {
      callback(fault, "", 0);
      return;
    }
    const inside = found.find(({ address }) => isPrivate(address));
    const [first] = found;
    if (inside !== undefined || first === undefined)
      callback(
        new PrivateAddress(`${hostname} leads to an address that is not of the Internet`),
        "",
        0,
      );
    else if (options.all === true) callback(null, found);
    else callback(null, first.address, first.family);
  });
};
