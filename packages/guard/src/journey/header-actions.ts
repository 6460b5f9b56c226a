import type { KnownFields } from "../exchange.ts";

/**
 * What arrive does with a header field, by its name in lower case.
 * `keep` goes to the backend as sent; `drop` never does: it speaks of this connection only, or claims what only the gate may claim.
 */
export interface HeaderAction {
  readonly forward: "keep" | "drop";
  /** The fact this field is kept as. Sent twice, it would have two readings, and the request is refused. */
  readonly known?: keyof KnownFields;
  /** May be sent once only, though no step reads it. */
  readonly single?: true;
}

const keep = (known?: keyof KnownFields): HeaderAction => Object.freeze(known === undefined ? { forward: "keep" } : { forward: "keep", known });
const drop = (known?: keyof KnownFields): HeaderAction => Object.freeze(known === undefined ? { forward: "drop" } : { forward: "drop", known });
const single: HeaderAction = Object.freeze({ forward: "keep", single: true });

/** Fields of one connection (RFC 9110 section 7.6.1), of the gate's own making, or of proxies before it. */
export const headerActions: ReadonlyMap<string, HeaderAction> = new Map<string, HeaderAction>([
  ["host", drop("host")],
  ["content-type", keep("contentType")],
  ["content-length", drop("contentLength")],
  ["content-encoding", keep("contentEncoding")],
  ["transfer-encoding", drop("transferEncoding")],
  ["accept-encoding", keep("acceptEncoding")],
  ["accept", keep()],
  ["cookie", keep("cookie")],
  ["x-forwarded-for", drop("forwardedFor")],
  ["forwarded", drop("forwarded")],
  ["traceparent", drop("traceparent")],
  ["portcullis-app", keep("app")],
  ["if-none-match", keep("ifNoneMatch")],
  ["expect", drop("expect")],
  ["authorization", keep("authorization")],
  ["dpop", keep("dpop")],
  ["content-location", single],
  ["idempotency-key", single],
  ["origin", keep("origin")],
  ["connection", drop()],
  ["keep-alive", drop()],
  ["proxy-connection", drop()],
  ["proxy-authorization", drop()],
  ["proxy-authenticate", drop()],
  ["te", drop()],
  ["trailer", drop()],
  ["upgrade", drop()],
  ["http2-settings", drop()],
  // Only the gate may say these. A backend that trusted them from a caller would trust anybody.
  ["portcullis-identity", drop()],
  ["portcullis-client-certificate", drop()],
  ["x-forwarded-host", drop()],
  ["x-forwarded-proto", drop()],
  ["x-forwarded-port", drop()],
  ["x-forwarded-prefix", drop()],
  ["x-forwarded-server", drop()],
  ["x-forwarded-client-cert", drop()],
  ["x-real-ip", drop()],
  ["x-client-ip", drop()],
  ["x-client-cert", drop()],
  ["x-original-url", drop()],
  ["x-original-uri", drop()],
  ["x-rewrite-url", drop()],
  ["x-http-method-override", drop()],
  ["x-http-method", drop()],
  ["x-method-override", drop()],
  ["true-client-ip", drop()],
  ["cf-connecting-ip", drop()],
  ["fastly-client-ip", drop()],
  ["via", drop()],
]);

/**
 * A look-alike of a field only the gate may send: servers that fold `_` into `-` (CGI, WSGI) would read
 * `Portcullis_Identity` as the real one.
 */
export function isLookAlike(lowerName: string): boolean {
  return lowerName.includes("_") && headerActions.get(lowerName.replaceAll("_", "-"))?.forward === "drop";
}
