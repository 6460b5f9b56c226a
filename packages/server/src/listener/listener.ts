import {
  createServer as createHttpServer,
  type IncomingMessage,
  type Server as HttpServer,
  type ServerResponse,
} from "node:http";
import {
  createSecureServer,
  type Http2SecureServer,
  type Http2ServerRequest,
  type Http2ServerResponse,
} from "node:http2";
import type { AddressInfo, Socket } from "node:net";
import type { Duplex } from "node:stream";
import type { Problem } from "@portcullis/guard/problems";
import { refuseUnparsed } from "./parser-refusal.ts";
import { type IsTrustedPeer, readProxyHeaders } from "./proxy-protocol.ts";

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
  readonly tls:
    | (ServerCertificate & {
        readonly minVersion: "TLSv1.2" | "TLSv1.3";
        readonly ticketKeys?: Buffer;
      })
    | undefined;
  /**
   * Whether callers may present a certificate. Whose it is does not matter here: a token names the
   * one it is bound to (RFC 8705 section 3).
   */
  readonly askCertificate?: boolean;
  /** Whose PROXY headers are read; nobody's unless it is given. */
  readonly trustsProxyHeader?: IsTrustedPeer | undefined;
  readonly onRequest: (
    request: IncomingMessage | Http2ServerRequest,
    response: ServerResponse | Http2ServerResponse,
  ) => void;
  /** Requests with `Expect: 100-continue`. */
  readonly onContinue: ListenerOptions["onRequest"];
  readonly onUpgrade: (request: IncomingMessage, socket: Duplex, head: Buffer) => void;
  readonly onUnparsed: (problem: Problem) => void;
}

export interface Listener {
  readonly port: number;
  /** New connections see the new certificate; those that stand are not dropped. */
  replaceCertificate(certificate: ServerCertificate): void;
  /**
   * Takes no more connections, lets requests in flight end, and cuts what is left after `drainMs`.
   */
  close(drainMs: number): Promise<void>;
}

/** AEAD only: CBC suites of TLS 1.2 are open to padding oracles. TLS 1.3 has no others. */
const ciphers =
  "TLS_AES_128_GCM_SHA256:TLS_AES_256_GCM_SHA384:TLS_CHACHA20_POLY1305_SHA256:ECDHE-ECDSA-AES128-GCM-SHA256:ECDHE-RSA-AES128-GCM-SHA256:ECDHE-ECDSA-AES256-GCM-SHA384:ECDHE-RSA-AES256-GCM-SHA384:ECDHE-ECDSA-CHACHA20-POLY1305:ECDHE-RSA-CHACHA20-POLY1305";

/** A photo over a weak mobile line takes minutes; a head does not. */
const http1Bounds = {
  maxHeaderSize: 16_384,
  headersTimeout: 10_000,
  requestTimeout: 300_000,
  keepAliveTimeout: 75_000,
  connectionsCheckingInterval: 5000,
  insecureHTTPParser: false,
} as const;

const idleSessionMs = 120_000;

export function startListener(options: ListenerOptions): Promise<Listener> {
  const { host, onRequest, onUnparsed, port, reusePort, tls } = options;
  let server: HttpServer | Http2SecureServer;
  if (tls === undefined) server = createHttpServer({ ...http1Bounds }, onRequest);
  else {
    server = createSecureServer(
      {
        ...http1Bounds,
        allowHTTP1: true,
        cert: tls.cert,
        key: tls.key,
        minVersion: tls.minVersion,
        ciphers,
        honorCipherOrder: true,
        ...(options.askCertificate === true
          ? { requestCert: true, rejectUnauthorized: false }
          : {}),
        ...(tls.ticketKeys === undefined ? {} : { ticketKeys: tls.ticketKeys }),
        settings: { maxConcurrentStreams: 128, enablePush: false, maxHeaderListSize: 16_384 },
        maxHeaderListPairs: 120,
        maxSessionInvalidFrames: 100,
        maxSessionRejectedStreams: 100,
        streamResetBurst: 200,
        streamResetRate: 33,
      },
      onRequest,
    );
  }
  // Before anything else listens for connections: those of proxies begin a little later.
  if (options.trustsProxyHeader !== undefined) readProxyHeaders(server, options.trustsProxyHeader);
  server.on("checkContinue", options.onContinue);
  server.on("upgrade", options.onUpgrade);
  const sockets = new Set<Socket>();
  const track = (socket: Socket): void => {
    socket.setNoDelay(true);
    sockets.add(socket);
    socket.once("close", () => sockets.delete(socket));
  };
  server.on("connection", track);
  server.on("clientError", (error: NodeJS.ErrnoException, socket: Socket) => {
    try {
      const problem = refuseUnparsed(error, socket);
      if (problem !== undefined) onUnparsed(problem);
    } catch {
      // Of this connection alone: an event that throws would end the thread.
      socket.destroy();
    }
  });
  const sessions = new Set<{ close(): void }>();
  (server as Http2SecureServer).on("session", (session) => {
    sessions.add(session);
    // HTTP/1.1 connections have their own bounds. A session on which nothing moves is closed, and
    // its streams may end first.
    session.setTimeout(idleSessionMs, () => session.close());
    session.once("close", () => sessions.delete(session));
  });
  return new Promise((resolve, reject) => {
    server.once("error", reject);
    server.listen({ host, port, reusePort }, () => {
      server.off("error", reject);
      resolve({
        port: (server.address() as AddressInfo).port,
        replaceCertificate(certificate) {
          if ("setSecureContext" in server)
            server.setSecureContext({
              ...certificate,
              ciphers,
              minVersion: tls?.minVersion ?? "TLSv1.3",
            });
        },
        close: (drainMs) => drain(server, sessions, sockets, drainMs),
      });
    });
  });
}

function drain(
  server: HttpServer | Http2SecureServer,
  sessions: ReadonlySet<{ close(): void }>,
  sockets: ReadonlySet<Socket>,
  drainMs: number,
): Promise<void> {
  return new Promise((resolve) => {
    const cut = setTimeout(() => {
      for (const socket of sockets) socket.destroy();
    }, drainMs);
    server.close(() => {
      clearTimeout(cut);
      resolve();
    });
    for (const session of sessions) session.close();
    if ("closeIdleConnections" in server) server.closeIdleConnections();
  });
}
