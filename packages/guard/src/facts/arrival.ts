import type { Duplex, Readable } from "node:stream";

/** A request as the door received it, before anything in it has been verified. */
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
  /** The head was the whole message (END_STREAM, RFC 9113 section 8.1): nothing follows. */
  readonly endsWithHead: boolean;
  /**
   * The caller waits for leave before it sends the body (RFC 9110 section 10.1.1); absent when it
   * does not wait.
   */
  readonly allowBody?: (() => void) | undefined;
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
