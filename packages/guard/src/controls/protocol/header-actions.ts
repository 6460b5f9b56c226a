import type { HeaderFields } from "../../facts/header-fields.ts";

/** What becomes of a header field, by its name in lower case. */
export interface HeaderAction {
  /**
   * Whether it goes to the backend. What does not speaks of this connection only, or claims what
   * only the gate may claim.
   */
  readonly forward: boolean;
  /** The fact it is kept as. */
  readonly fact?: keyof HeaderFields;
  /** What joins several of one name; without it a second one is refused, for it has two readings. */
  readonly join?: ", " | "; ";
  /** May be sent once only, though no step reads it. */
  readonly single?: true;
}

const keep = (fact?: keyof HeaderFields, join?: HeaderAction["join"]): HeaderAction =>
  action(true, fact, join);
const drop = (fact?: keyof HeaderFields, join?: HeaderAction["join"]): HeaderAction =>
  action(false, fact, join);
const single: HeaderAction = Object.freeze({ forward: true, single: true });

function action(
  forward: boolean,
  fact: keyof HeaderFields | undefined,
  join: HeaderAction["join"],
): HeaderAction {
  return Object.freeze({
    forward,
    ...(fact === undefined ? {} : { fact }),
    ...(join === undefined ? {} : { join }),
  });
}

/**
 * Fields of one connection (RFC 9110 section 7.6.1), of the gate's own making, or of proxies before
 * it.
 */
export const headerActions: ReadonlyMap<string, HeaderAction> = new Map<string, HeaderAction>([
  ["host", drop("host")],
  ["content-type", keep("contentType")],
  ["content-length", drop("contentLength")],
  ["content-encoding", keep("contentEncoding")],
  ["transfer-encoding", drop("transferEncoding")],
  ["accept-encoding", keep("acceptEncoding", ", ")],
  ["accept", keep("accept", ", ")],
  ["cookie", keep("cookie", "; ")],
  ["x-forwarded-for", drop("forwardedFor", ", ")],
  ["forwarded", drop("forwarded", ", ")],
  ["traceparent", drop("traceparent")],
  ["portcullis-app", keep("app")],
  ["if-none-match", keep("ifNoneMatch", ", ")],
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
 * A look-alike of a field only the gate may send: servers that fold `_` into `-` (CGI, WSGI) would
 * read `Portcullis_Identity` as the real one.
 */
export function isLookAlike(lowerName: string): boolean {
  return (
    lowerName.includes("_") && headerActions.get(lowerName.replaceAll("_", "-"))?.forward === false
  );
}
