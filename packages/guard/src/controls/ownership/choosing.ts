import { compileIsNamed, type ParameterNames } from "../../document/parameter-names.ts";
import { sentQuery } from "../../document/sent-parameters.ts";
import { notYours } from "../../facts/absent.ts";
import { ofOneRequest } from "../../facts/header-fields.ts";
import type { Refusal } from "../../facts/refusal.ts";

/**
 * The query of a request whose owner somebody else is asked about. What is asked about must be what
 * will be forwarded: a parameter that nobody is told of could choose another object.
 */
export interface ChoosingQuery {
  /** Parameters that the lookup is asked with too. */
  readonly carried: readonly ParameterNames[];
  /** Parameters that choose no other object: the id itself, and what the policy ignores. */
  readonly known: readonly ParameterNames[];
  /** The document declares the query as a whole, and so it is carried. */
  readonly whole: boolean;
}

/** The part of a query that goes along, as it was sent; a refusal where more than it may choose. */
export type CarryQuery = (query: string) => string | Refusal;

const unreadable = notYours("the query cannot be read in one way");

export function compileCarryQuery({ carried, known, whole }: ChoosingQuery): CarryQuery {
  if (whole) return (query) => query;
  const isCarried = compileIsNamed(carried);
  const isKnown = compileIsNamed(known);
  return (query) => {
    if (query === "") return "";
    const pairs = sentQuery(query);
    if (pairs === undefined) return unreadable;
    const stranger = pairs.find(({ name }) => !isCarried(name) && !isKnown(name));
    if (stranger !== undefined)
      return notYours(
        `the query names ${JSON.stringify(stranger.name.slice(0, 40))}, which may choose another ` +
          "object than the one that is asked about",
      );
    const parts = query.split("&");
    // One part is one pair: a query of which that does not hold was not read.
    return pairs.flatMap(({ name }, index) => (isCarried(name) ? [parts[index]] : [])).join("&");
  };
}

/**
 * Header fields that choose no object: those of one request, and those by which requests are told
 * apart, traced and proved.
 */
export const choosesNothing: ReadonlySet<string> = new Set([
  ...ofOneRequest,
  "accept-language",
  "authorization",
  "baggage",
  "correlation-id",
  "date",
  "dpop",
  "origin",
  "portcullis-app",
  "referer",
  "request-id",
  "sentry-trace",
  "signature",
  "signature-input",
  "traceparent",
  "tracestate",
  "user-agent",
  "x-correlation-id",
  "x-request-id",
]);
