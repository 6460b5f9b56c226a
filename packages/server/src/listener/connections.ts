import type { Server as HttpServer } from "node:http";
import type { Http2SecureServer, ServerHttp2Session } from "node:http2";
import type { Server, Socket } from "node:net";
import type { ListenerBounds } from "./bounds.ts";
import { Connection } from "./connection.ts";
import type { ClientOf } from "./crowded.ts";
import { type Crowding, Crowds } from "./crowds.ts";
import type { KnownPeers } from "./known-peers.ts";
import { Places } from "./places.ts";
import type { IsTrustedPeer } from "./proxy-protocol.ts";
import { type AnyRequest, type AnyResponse, Underway } from "./underway.ts";

const mostSweepMs = 1000;
/** On a connection that seems to rest a request may be on its way; it takes about this long. */
const restMs = 500;

const nobody: Crowding = [];

type ConnectionListener = (this: Server, socket: Socket) => void;

/** All connections of this thread. They are looked at once a second, not at every byte. */
export class Connections {
  readonly #bounds: ListenerBounds;
  readonly #places: Places;
  readonly #crowds: Crowds;
  readonly #isTrusted: IsTrustedPeer;
  readonly #clientOf: ClientOf;
  readonly #encrypted: boolean;
  readonly #all = new Set<Connection>();
  readonly #bySocket = new WeakMap<object, Connection>();
  readonly #sweep: NodeJS.Timeout;
  #closing: NodeJS.Timeout | undefined;
  readonly #onHeadTimeout: (socket: Socket) => void;
  #sweptAt = performance.now();
  #isLame = false;

  constructor(options: {
    readonly bounds: ListenerBounds;
    readonly encrypted: boolean;
    readonly isTrusted: IsTrustedPeer;
    readonly clientOf: ClientOf;
    readonly known: Pick<KnownPeers, "has">;
    /** Answers a connection on HTTP/1.1 whose head does not come. */
    readonly onHeadTimeout: (socket: Socket) => void;
  }) {
    this.#bounds = options.bounds;
    this.#encrypted = options.encrypted;
    this.#onHeadTimeout = options.onHeadTimeout;
    this.#places = new Places(options.bounds, options.isTrusted, options.known);
    this.#crowds = new Crowds(options.bounds);
    this.#isTrusted = options.isTrusted;
    this.#clientOf = options.clientOf;
    const everyMs = Math.min(mostSweepMs, options.bounds.stallMs / 4, options.bounds.headMs / 2);
    this.#sweep = setInterval(() => this.#lookAtAll(everyMs), everyMs).unref();
  }

  /** Before PROXY headers are read: what is admitted then is counted for whom the proxy names. */
  follow(server: HttpServer | Http2SecureServer): void {
    const listeners = server.listeners("connection") as ConnectionListener[];
    server.removeAllListeners("connection");
    server.on("connection", (socket: Socket) => {
      const connection = this.#admit(socket);
      if (connection === undefined) return;
      for (const listener of listeners) listener.call(server, socket);
    });
    server.prependListener("secureConnection", (socket: Socket) => {
      const connection = this.#of(socket);
      if (connection === undefined) return;
      this.#bySocket.set(socket, connection);
      connection.establish(socket);
    });
    (server as Http2SecureServer).on("session", (session) => this.#startSession(session));
  }

  /** @returns false where too many requests of its address are underway */
  begin(request: AnyRequest, response: AnyResponse): boolean {
    const connection =
      "stream" in request
        ? this.#bySocket.get(request.stream.session ?? request.stream)
        : this.#bySocket.get(request.socket);
    if (connection === undefined) return true;
    const crowding = connection.crowding ?? this.#crowdingOf(connection, request);
    if (!this.#crowds.begin(crowding)) {
      if (connection.crowding === undefined) this.#crowds.letGo(crowding);
      return false;
    }
    const one = new Underway(request, response, this.#bounds);
    connection.begin(one);
    this.#places.isBusy(connection);
    response.once("close", () => {
      connection.end(one);
      this.#crowds.end(crowding);
      if (connection.crowding === undefined) this.#crowds.letGo(crowding);
      if (one.wasTakenBack) this.#takeBack(connection, crowding);
      if (connection.isIdle) this.#places.isIdle(connection);
    });
    if (this.#isLame) connection.goAway();
    return true;
  }

  /** The connection speaks another protocol from here on. */
  upgrade(socket: object): void {
    const connection = this.#bySocket.get(socket);
    if (connection === undefined) return;
    connection.isUpgraded = true;
    this.#places.isBusy(connection);
  }

  /** Somebody has signed in from this address. */
  know(peer: string): void {
    this.#places.know(peer);
  }

  /** Everything is served still, and callers are asked to go elsewhere. */
  beLame(): void {
    this.#isLame = true;
    for (const connection of this.#all) connection.goAway();
  }

  /** Takes no new streams; what is underway may end, and what rests is closed. */
  leave(): void {
    this.#isLame = true;
    for (const connection of this.#all) {
      connection.goAway();
      connection.session?.close();
    }
    const leftAt = performance.now();
    clearInterval(this.#closing);
    this.#closing = setInterval(() => {
      const before = performance.now() - restMs;
      if (leftAt > before) return;
      for (const connection of this.#all)
        if (connection.session === undefined && connection.rests(before)) connection.destroy();
    }, restMs / 5);
  }

  cut(): void {
    for (const connection of this.#all) connection.destroy();
  }

  stop(): void {
    clearInterval(this.#sweep);
    clearInterval(this.#closing);
  }

  #admit(socket: Socket): Connection | undefined {
    const connection = new Connection(socket, this.#bounds, this.#encrypted);
    if (!this.#places.take(connection)) {
      socket.destroy();
      return undefined;
    }
    socket.setNoDelay(true);
    const peer = socket.remoteAddress;
    if (peer !== undefined && !this.#isTrusted(peer)) connection.crowding = this.#crowds.hold(peer);
    this.#all.add(connection);
    this.#bySocket.set(socket, connection);
    socket.once("close", () => {
      this.#all.delete(connection);
      this.#places.leave(connection);
      if (connection.crowding !== undefined) this.#crowds.letGo(connection.crowding);
    });
    return connection;
  }

  /** Of a request that a trusted proxy brings; its own connections count for nobody. */
  #crowdingOf(connection: Connection, { headers }: AnyRequest): Crowding {
    const peer = connection.raw.remoteAddress ?? "";
    const forwardedFor = headers["x-forwarded-for"];
    const client = this.#clientOf(peer, forwardedFor?.toString());
    return this.#isTrusted(client) ? nobody : this.#crowds.hold(client);
  }

  /** Those of a connection that was lost have not been taken back one by one. */
  #takeBack(connection: Connection, crowding: Crowding): void {
    if (connection.session?.destroyed !== false) return;
    if (!this.#crowds.takeBack(crowding, performance.now())) connection.calmDown();
  }

  #startSession(session: ServerHttp2Session): void {
    const connection = this.#of(session.socket);
    if (connection === undefined) return;
    connection.speak(session);
    this.#bySocket.set(session, connection);
  }

  /** A socket over TLS names the one that it stands on. */
  #of(socket: Socket): Connection | undefined {
    const { _parent: raw } = socket as unknown as { readonly _parent?: object };
    return raw === undefined ? undefined : this.#bySocket.get(raw);
  }

  #lookAtAll(everyMs: number): void {
    const now = performance.now();
    // A thread that was busy, or a machine that slept, is no caller's slowness.
    const elapsedMs = Math.min(now - this.#sweptAt, 2 * everyMs);
    this.#sweptAt = now;
    this.#crowds.sweep(now);
    for (const connection of this.#all) {
      const why = connection.watch(elapsedMs, now);
      if (why === "head") this.#onHeadTimeout(connection.socket);
      else if (why !== undefined) connection.destroy();
    }
  }
}
