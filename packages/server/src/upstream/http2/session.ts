import { type ClientHttp2Session, connect, type Settings } from "node:http2";
import type { Socket } from "node:net";
import type { TLSSocket } from "node:tls";
import { mostFields, mostHeadBytes } from "../http1/bounds.ts";
import { backendDeadlines, Deadline } from "../http1/deadlines.ts";
import type { Exchange } from "../http1/exchange.ts";
import { longestIdleMs, longestLifeMs } from "../http1/keeping.ts";
import type { Opener } from "../http1/open-socket.ts";
import { tlsFault } from "../tls-settings.ts";
import type { Failure } from "../transport.ts";
import { CarryingStream } from "./carrying-stream.ts";
import type { StreamHead } from "./request-head.ts";

export interface SessionTimes {
  readonly connectTimeoutMs: number;
  readonly bodyTimeoutMs: number;
}

/** Whoever has opened a session. */
export interface SessionOwner {
  /** It may carry more than before. */
  ready(session: Session): void;
  /** The backend has done nothing about it: another session can carry it. */
  givenBack(exchange: Exchange<StreamHead>, why: string): void;
  /** It carries nothing more. @param failure why it has carried nothing at all */
  gone(session: Session, failure: Failure | undefined): void;
}

/** What one stream may have sent that nobody has read yet. */
const windowBytes = 65_535;
const settings: Settings = {
  enablePush: false,
  initialWindowSize: windowBytes,
  maxHeaderListSize: mostHeadBytes,
};
/** As many streams as a peer takes of whom nothing is known yet; servers recommend no less. */
const usualStreams = 100;

/** One session with a backend over HTTP/2: all requests of a thread to it, at the same time. */
export class Session {
  readonly #socket: Socket;
  readonly #owner: SessionOwner;
  readonly #times: SessionTimes;
  readonly #mostStreams: number;
  readonly #deadline = new Deadline(() => this.#late());
  readonly #endsAtMs = performance.now() + longestLifeMs;
  readonly #streams = new Set<CarryingStream>();
  #session: ClientHttp2Session | undefined;
  #isLeaving = false;
  #isGone = false;
  #hasCarried = false;
  /** Whether the backend has spoken HTTP/2. */
  #hasSpoken = false;
  /** Streams of greater numbers were not begun (RFC 9113 section 6.8). */
  #lastStream = Number.POSITIVE_INFINITY;
  /** Why it broke, by the system's word. */
  #code: string | undefined;

  /** @param mostStreams how many requests at a time; the backend may allow fewer */
  constructor(opener: Opener, times: SessionTimes, mostStreams: number, owner: SessionOwner) {
    this.#times = times;
    this.#mostStreams = mostStreams;
    this.#owner = owner;
    const socket = opener.open(undefined);
    this.#socket = socket
      .once(opener.openedBy, () => this.#opened(opener.openedBy === "secureConnect"))
      .on("error", (fault: NodeJS.ErrnoException) => this.#note(fault))
      .on("close", () => {
        if (this.#session === undefined) this.#closed();
      });
    backendDeadlines.set(this.#deadline, times.connectTimeoutMs);
  }

  /** Whether it is worth waiting for. */
  get isOpen(): boolean {
    const session = this.#session;
    return !this.#isLeaving && !this.#isGone && session?.closed !== true;
  }

  get mayCarry(): boolean {
    const session = this.#session;
    if (session === undefined || !this.isOpen || session.destroyed) return false;
    const allowed = this.#hasSpoken ? session.remoteSettings.maxConcurrentStreams : usualStreams;
    return this.#streams.size < Math.min(this.#mostStreams, allowed ?? this.#mostStreams);
  }

  carry(exchange: Exchange<StreamHead>): void {
    this.#hasCarried = true;
    backendDeadlines.clear(this.#deadline);
    const { bodyTimeoutMs } = this.#times;
    const stream = new CarryingStream(exchange, bodyTimeoutMs, {
      ended: () => this.#ended(stream),
      /** A session on which nothing came while an answer was waited for may be dead. */
      late: (bytesRead) => {
        if (this.#socket.bytesRead === bytesRead) this.leave();
      },
      wasNotBegun: (id) => id === undefined || id > this.#lastStream,
      givenBack: (why) => this.#owner.givenBack(exchange, why),
      words: (otherwise, code) => this.#failure(otherwise, code),
    });
    this.#streams.add(stream);
    stream.begin(this.#session as ClientHttp2Session, this.#socket.bytesRead);
  }

  /** Ends when what it carries has ended. */
  leave(): void {
    if (this.#isLeaving || this.#isGone) return;
    this.#isLeaving = true;
    if (this.#session === undefined) this.#socket.destroy();
    else this.#session.close();
  }

  #opened(isEncrypted: boolean): void {
    if (isEncrypted && (this.#socket as TLSSocket).alpnProtocol !== "h2") {
      this.#code = "it does not offer HTTP/2";
      this.#socket.destroy();
      return;
    }
    const session = connect("http://backend", {
      createConnection: () => this.#socket,
      settings,
      maxHeaderListPairs: mostFields,
      maxSessionMemory: 64,
    });
    this.#session = session
      .on("error", (fault: NodeJS.ErrnoException) => this.#note(fault))
      .on("goaway", (_code, lastStream: number) => (this.#lastStream = lastStream))
      .on("remoteSettings", () => {
        this.#hasSpoken = true;
        this.#owner.ready(this);
      })
      .on("close", () => this.#closed());
    // What all streams together may send between two words of this side.
    session.once("connect", () => session.setLocalWindowSize(windowBytes * this.#mostStreams));
    backendDeadlines.set(this.#deadline, longestIdleMs);
    if (this.#isLeaving) session.close();
    else this.#owner.ready(this);
  }

  #ended(stream: CarryingStream): void {
    this.#streams.delete(stream);
    if (performance.now() > this.#endsAtMs) this.leave();
    if (this.#streams.size === 0 && !this.#isGone)
      backendDeadlines.set(this.#deadline, longestIdleMs);
    if (this.isOpen) this.#owner.ready(this);
  }

  #late(): void {
    if (this.#session !== undefined) {
      this.leave();
      return;
    }
    this.#code = `no connection within ${this.#times.connectTimeoutMs} ms`;
    this.#socket.destroy();
  }

  #note({ code, message }: NodeJS.ErrnoException): void {
    this.#code ??= code ?? message;
  }

  /** Why what it carries has no answer. @param ofStream what its stream says of that */
  #failure(otherwise: Failure, ofStream: string | undefined): Failure {
    const code = this.#code ?? ofStream;
    if (code === undefined || code === "ERR_HTTP2_STREAM_ERROR") return otherwise;
    const unbelieved = this.#hasSpoken ? undefined : tlsFault(code);
    if (unbelieved !== undefined) return { kind: "unsent", detail: unbelieved };
    // By nghttp2: what came is not as RFC 9113 asks.
    if (code !== "ERR_HTTP2_ERROR") return { kind: otherwise.kind, detail: code };
    return { kind: "malformed", detail: this.#hasSpoken ? code : "what came is not HTTP/2" };
  }

  #closed(): void {
    if (this.#isGone) return;
    this.#isGone = true;
    backendDeadlines.drop(this.#deadline);
    const code = this.#code ?? "the connection was closed";
    const failure: Failure = { kind: "unsent", detail: tlsFault(code) ?? code };
    this.#owner.gone(this, this.#hasCarried ? undefined : failure);
  }
}
