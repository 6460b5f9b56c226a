import {
  createServer as createHttpServer,
  type IncomingMessage,
  type Server as HttpServer,
  type ServerResponse,
} from "node:http";
import {
  createSecureServer,
  type Http2SecureServer,
  type IncomingHttpHeaders,
  type ServerHttp2Stream,
} from "node:http2";
import { type AddressInfo, Server as NetServer, type Socket } from "node:net";
import type { Duplex } from "node:stream";
import {
  FewFieldsRequest,
  StreamAnswer,
  StreamArrival,
  WholeResponse,
} from "@portcullis/guard/node-http";
import type { Problem } from "@portcullis/guard/problems";
import type { ListenerBounds } from "./bounds.ts";
import { Connections } from "./connections.ts";
import { type ClientOf, refuseCrowded } from "./crowded.ts";
import type { KnownPeers } from "./known-peers.ts";
import { refuseUnparsed } from "./parser-refusal.ts";
import { type IsTrustedPeer, readProxyHeaders } from "./proxy-protocol.ts";
import { type ListenerTls, secureOptions } from "./tls-options.ts";

export interface ServerCertificate {
  /** PEM, leaf first. */
  readonly cert: string;
  readonly key: string;
}

export interface ListenerOptions {
  readonly host: string;
  readonly port: number;
  /** Several threads share the port; the kernel spreads connections (SO_REUSEPORT). */
  readonly reusePort: boolean;
  /** Absent: cleartext HTTP/1.1, for loopback behind another TLS end. */
  readonly tls: ListenerTls | undefined;
  /**
   * Whether callers may present a certificate. Whose it is does not matter here: a token names the
   * one it is bound to (RFC 8705 section 3).
   */
  readonly askCertificate?: boolean;
  readonly bounds: ListenerBounds;
  /** Proxies that the operator trusts: many callers come over one connection of theirs. */
  readonly isTrusted: IsTrustedPeer;
  /** Whose address a request counts under that came from such a proxy. */
  readonly clientOf: ClientOf;
  /** Addresses from which somebody has signed in lately. */
  readonly known: Pick<KnownPeers, "has">;
  /** Whether they begin each connection with a PROXY header. */
  readonly proxyProtocol: boolean;
  readonly onRequest: (request: IncomingMessage, response: ServerResponse) => void;
  /** Requests over HTTP/2. */
  readonly onStream: (arrival: StreamArrival, answer: StreamAnswer) => void;
  /** Requests with `Expect: 100-continue`. */
  readonly onContinue: ListenerOptions["onRequest"];
  readonly onUpgrade: (request: IncomingMessage, socket: Duplex, head: Buffer) => void;
  readonly onUnparsed: (problem: Problem) => void;
}

export interface Listener {
  readonly port: number;
  /** New connections see the new certificate; those that stand are not dropped. */
  replaceCertificate(certificate: ServerCertificate): void;
  /** Sessions begun before are begun anew, by a full handshake. */
  replaceTicketKeys(ticketKeys: Buffer): void;
  /** Somebody has signed in from this address: its connections are no stranger's any longer. */
  know(peer: string): void;
  /** Serves on, and asks callers to go elsewhere for what they ask next. */
  beLame(): void;
  /**
   * Takes no more connections, lets requests in flight end, and cuts what is left after `drainMs`.
   */
  close(drainMs: number): Promise<void>;
}

/** A photo over a weak mobile line takes minutes. */
const requestTimeoutMs = 300_000;

/** That the first byte of a head comes is the parser's to see, and that the whole request does. */
const http1Bounds = ({ firstByteMs, headMs, idleMs }: ListenerBounds) => ({
  maxHeaderSize: 16_384,
  headersTimeout: Math.max(firstByteMs, headMs),
  requestTimeout: Math.max(requestTimeoutMs, firstByteMs, headMs),
  keepAliveTimeout: idleMs,
  connectionsCheckingInterval: Math.min(5000, firstByteMs / 2),
  insecureHTTPParser: false,
  // A request whose head says of no body has none: it is not read as a stream.
  optimizeEmptyRequests: true,
});

export function startListener(options: ListenerOptions): Promise<Listener> {
  const { host, port, reusePort, tls } = options;
  const server = createServer(options);
  const refuseHead = (error: NodeJS.ErrnoException, socket: Socket): void => {
    try {
      const problem = refuseUnparsed(error, socket);
      if (problem !== undefined) options.onUnparsed(problem);
    } catch {
      // Of this connection alone: an event that throws would end the thread.
      socket.destroy();
    }
  };
  const connections = new Connections({
    bounds: options.bounds,
    encrypted: tls !== undefined,
    isTrusted: options.isTrusted,
    clientOf: options.clientOf,
    known: options.known,
    onHeadTimeout: (socket) => refuseHead(headTimeout, socket),
  });
  // Before anything else listens for connections: those of proxies begin a little later.
  connections.follow(server);
  if (options.proxyProtocol) readProxyHeaders(server, options.isTrusted);
  serve(server, options, connections);
  server.on("clientError", refuseHead);
  let encrypted = tls;
  const encryptBy = (change: Partial<ListenerTls>): void => {
    if (encrypted === undefined || !("setSecureContext" in server)) return;
    encrypted = { ...encrypted, ...change };
    server.setSecureContext(secureOptions(encrypted));
  };
  return new Promise((resolve, reject) => {
    server.once("error", reject);
    server.listen({ host, port, reusePort }, () => {
      server.off("error", reject);
      resolve({
        port: (server.address() as AddressInfo).port,
        replaceCertificate: (certificate) => encryptBy(certificate),
        replaceTicketKeys: (ticketKeys) => encryptBy({ ticketKeys }),
        know: (peer) => connections.know(peer),
        beLame: () => connections.beLame(),
        close: (drainMs) => drain(server, connections, drainMs),
      });
    });
  });
}

const headTimeout: NodeJS.ErrnoException = Object.assign(new Error("the head did not come"), {
  code: "ERR_HTTP_REQUEST_TIMEOUT",
});

function createServer({
  askCertificate,
  bounds,
  tls,
}: ListenerOptions): HttpServer | Http2SecureServer {
  const http1 = http1Bounds(bounds);
  if (tls === undefined)
    return createHttpServer({
      ...http1,
      IncomingMessage: FewFieldsRequest,
      ServerResponse: WholeResponse,
    });
  const server = createSecureServer({
    ...http1,
    allowHTTP1: true,
    Http1IncomingMessage: FewFieldsRequest,
    Http1ServerResponse: WholeResponse,
    handshakeTimeout: bounds.handshakeMs,
    ...secureOptions(tls),
    ...(askCertificate === true ? { requestCert: true, rejectUnauthorized: false } : {}),
    settings: {
      maxConcurrentStreams: bounds.streams,
      enablePush: false,
      maxHeaderListSize: 16_384,
    },
    maxHeaderListPairs: 120,
    maxSessionInvalidFrames: 100,
    maxSessionRejectedStreams: 100,
    streamResetBurst: bounds.resets * 6,
    streamResetRate: bounds.resets,
  });
  // Node takes times of HTTP/1.1 for a server that speaks both from its properties alone.
  const { headersTimeout, requestTimeout } = http1;
  return Object.assign(server, { headersTimeout, requestTimeout });
}

function serve(
  server: HttpServer | Http2SecureServer,
  { onContinue, onRequest, onStream, onUnparsed, onUpgrade }: ListenerOptions,
  connections: Connections,
): void {
  const followed =
    (door: ListenerOptions["onRequest"]): ListenerOptions["onRequest"] =>
    (request, response) => {
      if (connections.begin(request, response)) door(request, response);
      else onUnparsed(refuseCrowded(request, response));
    };
  // Who listens for requests is given those of HTTP/2 too, through Node's compatibility layer, which
  // costs as much as all the rest of such a request: it is set up when a listener is added.
  server.removeAllListeners("newListener");
  server.on("request", followed(onRequest));
  server.on("checkContinue", followed(onContinue));
  (server as Http2SecureServer).on(
    "stream",
    (stream: ServerHttp2Stream, headers: IncomingHttpHeaders, _flags, rawHeaders: string[]) => {
      const [arrival, answer] = [
        new StreamArrival(stream, headers, rawHeaders),
        new StreamAnswer(stream),
      ];
      if (connections.begin(arrival, answer)) onStream(arrival, answer);
      else onUnparsed(refuseCrowded(arrival, answer));
    },
  );
  server.on("upgrade", (request: IncomingMessage, socket: Duplex, head: Buffer) => {
    connections.upgrade(socket);
    onUpgrade(request, socket, head);
  });
}

function drain(
  server: HttpServer | Http2SecureServer,
  connections: Connections,
  drainMs: number,
): Promise<void> {
  return new Promise((resolve) => {
    const cut = setTimeout(() => connections.cut(), drainMs);
    // Not the server's own way to close: it would cut connections on which a request is on its way.
    NetServer.prototype.close.call(server, () => {
      clearTimeout(cut);
      connections.stop();
      resolve();
    });
    connections.leave();
  });
}
