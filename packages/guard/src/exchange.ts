import type { Duplex, Readable } from "node:stream";
import type { Mode } from "./control.ts";
import type { Refusal } from "./refusal.ts";

/** What the door saw, before anything is believed. */
export interface Arrival {
  readonly method: string;
  /** The request target as sent. */
  readonly target: string;
  /** Flat: name, value, name, value, as sent. */
  readonly rawHeaders: readonly string[];
  readonly httpVersion: string;
  /** The address of the connection's other end. */
  readonly peerAddress: string;
  readonly encrypted: boolean;
  /** The certificate that the caller has proved to own; absent where none is asked for. */
  readonly clientCertificate?: () => ClientCertificate | undefined;
  readonly body: Readable;
  /** The head was the whole message (END_STREAM, RFC 9113 section 8.1): nothing follows, and nothing has to be waited for. */
  readonly endsWithHead: boolean;
  /** The caller waits for leave before it sends the body (RFC 9110 section 10.1.1); absent when it does not wait. */
  readonly allowBody?: () => void;
  /** The caller asks for another protocol on this connection. Only WebSocket is spoken of. */
  readonly upgrade?: UpgradeRequest;
}

export interface ClientCertificate {
  /** SHA-256, base64url: `x5t#S256` of RFC 8705. */
  readonly thumbprint: string;
  /** DER, base64. */
  readonly encoded: string;
}

/** A WebSocket handshake (RFC 6455 section 4.1). */
export interface UpgradeRequest {
  readonly socket: Duplex;
  /** Bytes that came behind the handshake. */
  readonly head: Buffer;
}

/** What a control decided about this request, where it would refuse. */
export interface Decision {
  readonly refusal: Refusal;
  readonly mode: Mode;
}

/** Who calls, as far as the facts so far go: what modes, limits and cohorts are decided by. */
export interface Caller {
  readonly address: string;
  readonly user: string | undefined;
  readonly device: string | undefined;
  readonly client: string | undefined;
  readonly tier: string | undefined;
  readonly appId: string | undefined;
  readonly appVersion: string | undefined;
}

/** The header fields a step asks for, found in the one pass of arrive. A field that may be sent once only is never a list. */
export interface KnownFields {
  host: string | undefined;
  contentType: string | undefined;
  contentLength: string | undefined;
  contentEncoding: string | undefined;
  transferEncoding: string | undefined;
  acceptEncoding: string | undefined;
  accept: string | undefined;
  cookie: string | undefined;
  forwardedFor: string | undefined;
  forwarded: string | undefined;
  traceparent: string | undefined;
  app: string | undefined;
  ifNoneMatch: string | undefined;
  expect: string | undefined;
  authorization: string | undefined;
  dpop: string | undefined;
  origin: string | undefined;
}

/** One request in flight, and the facts established about it. Steps write the facts of their own; none is believed before its step. */
export class Exchange<OperationRules = unknown, Principal = unknown> {
  readonly arrival: Arrival;
  readonly receivedAtMs: number;
  readonly startedAt: number;

  // arrive
  path = "";
  query = "";
  address = "";
  traceId = "";
  readonly known: KnownFields = {
    host: undefined, contentType: undefined, contentLength: undefined, contentEncoding: undefined, transferEncoding: undefined,
    acceptEncoding: undefined, accept: undefined, cookie: undefined, forwardedFor: undefined, forwarded: undefined,
    traceparent: undefined, app: undefined, ifNoneMatch: undefined, expect: undefined, authorization: undefined, dpop: undefined, origin: undefined,
  };
  /** What goes to the backend: end-to-end fields only, none that the gate itself asserts. Flat. */
  forwardHeaders: string[] = [];

  // route
  rules: OperationRules | undefined = undefined;
  readonly pathParameters: string[] = [];

  // identify, authenticate
  appId: string | undefined = undefined;
  appVersion: string | undefined = undefined;
  /** The access token that was verified. */
  accessToken: string | undefined = undefined;
  principal: Principal | undefined = undefined;
  user: string | undefined = undefined;
  device: string | undefined = undefined;
  client: string | undefined = undefined;
  tier: string | undefined = undefined;

  /** Owner clauses, by bit, that the answer must decide. */
  ownerPending = 0;

  // validate
  bodyBytes: Buffer | undefined = undefined;
  body: unknown = undefined;
  /** That no body came is known. */
  bodyAbsent = false;

  // decided
  decisions: Decision[] | undefined = undefined;
  refusal: Refusal | undefined = undefined;
  /** The gate alone says which pages may read the answer. */
  corsDecided = false;
  /** Fields for the answer, whoever makes it (limits, deprecation, trace). Flat. */
  readonly answerHeaders: string[] = [];

  // forward, filter
  forwardedAt = 0;
  answeredAt = 0;
  upstreamStatus = 0;
  status = 0;
  answerBytes = 0;
  stripped: readonly string[] | undefined = undefined;
  closed = false;
  recorded = false;

  constructor(arrival: Arrival, receivedAtMs: number, startedAt: number) {
    this.arrival = arrival;
    this.receivedAtMs = receivedAtMs;
    this.startedAt = startedAt;
  }
}

/** A check of one step: nothing when it has no objection. Synchronous unless it must wait. */
export type Check<E> = (exchange: E) => Refusal | undefined | Promise<Refusal | undefined>;
