import type { ConnectionOptions } from "node:tls";
import type { UpstreamRequest } from "@portcullis/guard/upstream";
import { Exchange } from "../http1/exchange.ts";
import { Opener, placeOf } from "../http1/open-socket.ts";
import type { Attempt, AttemptReceiver, Failure } from "../transport.ts";
import { type StreamHead, writeStreamHead } from "./request-head.ts";
import { Session, type SessionOwner, type SessionTimes } from "./session.ts";

export interface SessionsOptions extends SessionTimes {
  /** How many requests there may be at a time. */
  readonly connections: number;
  /** For `tls.connect`; undefined for targets without encryption. */
  readonly tls: ConnectionOptions | undefined;
}

/** A backend that does nothing about a request several times will not the next time. */
const mostCarried = 3;

/**
 * Requests to one backend over HTTP/2: one session at a time, and those that end with what they
 * carry. Without TLS the backend must speak HTTP/2 from the first byte on (RFC 9113 section 3.3).
 */
export class Sessions implements SessionOwner {
  readonly #options: SessionsOptions;
  readonly #host: string;
  readonly #opener: Opener;
  readonly #all = new Set<Session>();
  #current: Session | undefined;
  #waiting: Exchange<StreamHead>[] = [];
  #whenClosed: (() => void) | undefined;

  /** @param target `http(s)://host:port` or `unix:/path` */
  constructor(target: string, options: SessionsOptions) {
    const place = placeOf(target);
    this.#options = options;
    this.#host = place.host;
    this.#opener = new Opener(place, options.tls);
  }

  /** Tells nothing before it has returned. */
  begin(request: UpstreamRequest, headersTimeoutMs: number, receiver: AttemptReceiver): Attempt {
    const scheme = this.#options.tls === undefined ? "http" : "https";
    const head = writeStreamHead(request, scheme, this.#host);
    const exchange = new Exchange(request, head, headersTimeoutMs, receiver);
    if (head.fault !== undefined) {
      const { fault } = head;
      queueMicrotask(() => exchange.fail({ kind: "malformed", detail: fault }));
    } else if (this.#whenClosed !== undefined) queueMicrotask(() => exchange.fail(letGo));
    else if (this.#waiting.length === 0 && this.#current?.mayCarry === true)
      this.#current.carry(exchange);
    else this.#carryLater(exchange);
    return exchange;
  }

  /** The backend's name means other addresses: what is open ends with what it carries. */
  renew(): void {
    this.#current?.leave();
    this.#current = undefined;
    this.#serve();
  }

  /** Requests under way come to their end first. */
  async close(): Promise<void> {
    const closed = new Promise<void>((resolve) => (this.#whenClosed = resolve));
    for (const exchange of this.#waiting.splice(0)) exchange.fail(letGo);
    for (const session of this.#all) session.leave();
    if (this.#all.size === 0) this.#whenClosed?.();
    await closed;
  }

  /** How many sessions there are. */
  get size(): number {
    return this.#all.size;
  }

  ready(): void {
    this.#serve();
  }

  givenBack(exchange: Exchange<StreamHead>, why: string): void {
    if (exchange.isOver) return;
    if (this.#whenClosed !== undefined || exchange.carriedTimes >= mostCarried)
      exchange.fail({ kind: "unsent", detail: why });
    else this.#carryLater(exchange);
  }

  gone(session: Session, failure: Failure | undefined): void {
    this.#all.delete(session);
    if (this.#current === session) {
      this.#current = undefined;
      // None of those that wait would fare better: they have waited for this one.
      if (failure !== undefined)
        for (const exchange of this.#waiting.splice(0)) exchange.fail(failure);
    }
    if (this.#all.size === 0) this.#whenClosed?.();
    this.#serve();
  }

  /** In the order in which they came, and not from within whatever has led here. */
  #carryLater(exchange: Exchange<StreamHead>): void {
    this.#waiting.push(exchange);
    exchange.wait();
    queueMicrotask(() => this.#serve());
  }

  #serve(): void {
    while (this.#waiting.length > 0) {
      if (this.#waiting[0]?.isOver === true) {
        this.#waiting.shift();
        continue;
      }
      if (this.#current?.isOpen !== true) this.#open();
      if (this.#current?.mayCarry !== true) return;
      const next = this.#waiting.shift();
      if (next !== undefined) this.#current.carry(next);
    }
  }

  #open(): void {
    const { connections } = this.#options;
    this.#current = new Session(this.#opener, this.#options, connections, this);
    this.#all.add(this.#current);
  }
}

const letGo: Failure = { kind: "unsent", detail: "it is let go of" };
