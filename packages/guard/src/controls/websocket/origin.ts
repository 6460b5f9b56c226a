import { refuse, type Refusal } from "../../facts/refusal.ts";
import type { Check } from "../check.ts";
import type { OriginPlan } from "./plan.ts";
import { boundProblems } from "./problems.ts";

/**
 * Whether a page of this origin may open a WebSocket. Browsers hold WebSockets to no origin by
 * themselves and send cookies along: any page could speak as whoever is signed in (cross-site
 * WebSocket hijacking, RFC 6455 section 10.2). Apps send no origin, or that of the address they
 * call.
 *
 * Where `cors` names no origins, or any, a foreign page is refused only what its browser would add
 * by itself: what it must know itself, such as a token, is no one else's.
 *
 * @param own the origin of `publicUrl`
 */
export function compileOrigin({ origins }: OriginPlan, own: string | undefined): Check<"fields"> {
  const listed = new Set(origins);
  const closed = origins !== undefined && !listed.has("*");
  return ({ arrival, fields }) => {
    const { authorization, cookie, host, origin } = fields;
    if (arrival.upgrade === undefined || origin === undefined) return undefined;
    if (listed.has(origin) || origin === own) return undefined;
    if (origin === `https://${host}` || (!arrival.encrypted && origin === `http://${host}`))
      return undefined;
    if (closed) return foreign;
    const addedByBrowser =
      cookie !== undefined ||
      (authorization !== undefined && !ofThePage.test(authorization)) ||
      arrival.clientCertificate?.() !== undefined;
    return addedByBrowser ? withCredentials : undefined;
  };
}

/** Credentials that no browser remembers and sends by itself. */
const ofThePage = /^(?:bearer|dpop) /i;

const refusal = (detail: string): Refusal => refuse(boundProblems["origin-refused"], { detail });
const foreign = refusal("the origin is not one of cors");
const withCredentials = refusal("a foreign page with its browser's cookies or credentials");
