import type { Known } from "../../facts/facts.ts";
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
  const others = origins === undefined || listed.has("*") ? "without credentials" : "none";
  return (known) => {
    const { origin } = known.fields;
    if (known.arrival.upgrade === undefined || origin === undefined) return undefined;
    if (listed.has(origin) || origin === own || isAddressed(origin, known)) return undefined;
    if (others === "none") return foreign;
    return hasBrowsersCredentials(known) ? withCredentials : undefined;
  };
}

/** The origin of the address that the handshake was sent to: no page can choose its Host. */
const isAddressed = (origin: string, { arrival, fields: { host } }: Known<"fields">): boolean =>
  origin === `https://${host}` || (!arrival.encrypted && origin === `http://${host}`);

/** Whether it brings what browsers add by themselves, whichever page asks. */
const hasBrowsersCredentials = ({ arrival, fields }: Known<"fields">): boolean =>
  fields.cookie !== undefined ||
  (fields.authorization !== undefined && !ofThePage.test(fields.authorization)) ||
  arrival.clientCertificate?.() !== undefined;

/** Credentials that no browser remembers and sends by itself. */
const ofThePage = /^(?:bearer|dpop) /i;

const refusal = (detail: string): Refusal => refuse(boundProblems["origin-refused"], { detail });
const foreign = refusal("the origin is not one of cors");
const withCredentials = refusal("a foreign page with its browser's cookies or credentials");
