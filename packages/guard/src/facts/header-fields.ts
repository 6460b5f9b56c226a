import type { Arrival } from "./arrival.ts";
import { defineProblems } from "./problem.ts";

/**
 * The header fields that controls ask for, found in one pass over what was sent. A field that may
 * be sent once only is never a list.
 */
export interface HeaderFields {
  host: string | undefined;
  contentType: string | undefined;
  contentLength: string | undefined;
  contentEncoding: string | undefined;
  transferEncoding: string | undefined;
  acceptEncoding: string | undefined;
  accept: string | undefined;
  cookie: string | undefined;
  forwardedFor: string | undefined;
  forwardedProto: string | undefined;
  traceparent: string | undefined;
  app: string | undefined;
  ifNoneMatch: string | undefined;
  expect: string | undefined;
  authorization: string | undefined;
  dpop: string | undefined;
  origin: string | undefined;
}

export const noHeaderFields = (): HeaderFields => ({
  host: undefined,
  contentType: undefined,
  contentLength: undefined,
  contentEncoding: undefined,
  transferEncoding: undefined,
  acceptEncoding: undefined,
  accept: undefined,
  cookie: undefined,
  forwardedFor: undefined,
  forwardedProto: undefined,
  traceparent: undefined,
  app: undefined,
  ifNoneMatch: undefined,
  expect: undefined,
  authorization: undefined,
  dpop: undefined,
  origin: undefined,
});

/** What of the fields can only be judged where the operation, and so what reads them, is known. */
export interface FieldDoubts {
  /** Some name could be another spelling of one that the operation reads. */
  readonly oddlySpelled: boolean;
  /**
   * Names that Connection held, with `-` for every separator. Fields of these names do not go on.
   */
  readonly connectionOptions: readonly string[];
}

/**
 * Whether bytes may follow the head. Over HTTP/2 that is known only when they come, unless the head
 * said that it was all.
 */
export function mayHaveBody(known: {
  readonly arrival: Arrival;
  readonly fields: Readonly<HeaderFields>;
}): boolean {
  const { contentLength, transferEncoding } = known.fields;
  if (contentLength !== undefined) return contentLength !== "0";
  return known.arrival.httpVersion === "2.0"
    ? !known.arrival.endsWithHead
    : transferEncoding !== undefined;
}

export const headerProblems = defineProblems("protocol", {
  "header-malformed": {
    status: 400,
    title: "A header field is malformed or ambiguous",
    sentence: "Send each header field once, with a name and value that HTTP allows.",
  },
});

/**
 * Fields that speak of one request's own body, conditions and answer (RFC 9110, RFC 7240): a
 * question of the gate's own does not carry them. Any other field may choose what is answered.
 */
export const ofOneRequest: ReadonlySet<string> = new Set([
  "accept",
  "accept-encoding",
  "content-digest",
  "content-disposition",
  "content-encoding",
  "content-language",
  "content-length",
  "content-location",
  "content-md5",
  "content-range",
  "content-type",
  "digest",
  "idempotency-key",
  "if-match",
  "if-modified-since",
  "if-none-match",
  "if-range",
  "if-unmodified-since",
  "prefer",
  "range",
  "repr-digest",
]);
