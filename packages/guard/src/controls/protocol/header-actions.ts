import type { HeaderFields } from "../../facts/header-fields.ts";

/** What becomes of a header field that the gate itself reads, by its name in lower case. */
export interface HeaderAction {
  /** Whether it goes to the backend. What does not is said by the gate, or by its HTTP client. */
  readonly forward: boolean;
  /** The fact it is kept as. */
  readonly fact?: keyof HeaderFields;
  /** What joins several of one name; without it a second one is refused, for it has two readings. */
  readonly join?: ", " | "; ";
  /** May be sent once only, though no step reads it as a fact. */
  readonly single?: true;
}

const keep = (fact?: keyof HeaderFields, join?: HeaderAction["join"]): HeaderAction =>
  action(true, fact, join);
const drop = (fact?: keyof HeaderFields, join?: HeaderAction["join"]): HeaderAction =>
  action(false, fact, join);
/** May be sent once only, though no step reads it. */
export const single: HeaderAction = Object.freeze({ forward: true, single: true });

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

/** Fields that the gate reads. A second spelling of one would be a second reading of the request. */
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
  ["x-forwarded-proto", drop("forwardedProto", ", ")],
  ["traceparent", drop("traceparent")],
  ["portcullis-app", keep("app")],
  ["if-none-match", keep("ifNoneMatch", ", ")],
  ["expect", drop("expect")],
  ["authorization", keep("authorization")],
  ["dpop", keep("dpop")],
  ["content-location", single],
  ["idempotency-key", single],
  ["sec-websocket-key", single],
  ["sec-websocket-version", single],
  ["access-control-request-method", single],
  ["origin", keep("origin")],
  // Read where it stands; it speaks of this connection and goes no further.
  ["connection", drop()],
]);
