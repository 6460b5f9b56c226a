import type { ConnectionOptions } from "node:tls";
import type { UpstreamRequest } from "@portcullis/guard/upstream";
import type { Attempt, AttemptReceiver } from "../transport.ts";
import { Connection } from "./connection.ts";
import type { ConnectionOwner, ConnectionTimes } from "./connection-owner.ts";
import { Exchange } from "./exchange.ts";
import { Opener, placeOf } from "./open-socket.ts";
import { writeRequestHead } from "./request-head.ts";

export interface ConnectionsOptions extends ConnectionTimes {
  /** How many there may be at a time. */
  readonly connections: number;
  /** For `tls.connect`; undefined for targets without encryption. */
  readonly tls: ConnectionOptions | undefined;
}

/** Keep-alive connections to one backend over HTTP/1.1, each with one request at a time. */
export class Connections implements ConnectionOwner {
  readonly #options: ConnectionsOptions;
  readonly #host: string;
  readonly #opener: Opener;
  /** The one that was used last is used next: those that are not needed are left to grow old. */
  readonly #idle: Connection[] = [];
  /** Their answers have come to their end in this turn of the loop. */
  #resting: Connection[] = [];
  readonly #waiting: Exchange[] = [];
  /** All that are open, and the generation of addresses that each was opened by. */
  readonly #open = new Map<Connection, number>();
  #generation = 0;
  #willWake = false;
  #whenClosed: (() => void) | undefined;

  /** @param target `http(s)://host:port` or `unix:/path` */
  constructor(target: string, options: ConnectionsOptions) {
    const place = placeOf(target);
    this.#options = options;
    this.#host = place.host;
    this.#opener = new Opener(place, options.tls);
  }

  /** Tells nothing before it has returned. */
  begin(
    request: UpstreamRequest,
    headersTimeoutMs: number,
    receiver: AttemptReceiver,
    isSecondTry = false,
  ): Attempt {
    const head = writeRequestHead(request, this.#host);
    const exchange = new Exchange(request, head, headersTimeoutMs, receiver);
    if (head.fault !== undefined) {
      const { fault } = head;
      queueMicrotask(() => exchange.fail({ kind: "malformed", detail: fault }));
    } else if (this.#whenClosed !== undefined)
      queueMicrotask(() => exchange.fail({ kind: "unsent", detail: "it is let go of" }));
    else if (isSecondTry) this.#carryAnew(exchange);
    else this.#carry(exchange);
    return exchange;
  }

  /** The backend's name means other addresses: what is open ends with what it is at. */
  renew(): void {
    this.#generation += 1;
    for (const connection of [...this.#idle, ...this.#resting]) connection.abandon();
  }

  /** Requests under way come to their end first. */
  async close(): Promise<void> {
    const closed = new Promise<void>((resolve) => (this.#whenClosed = resolve));
    for (const connection of [...this.#idle, ...this.#resting]) connection.abandon();
    for (const exchange of this.#waiting.splice(0))
      exchange.fail({ kind: "unsent", detail: "it is let go of" });
    if (this.#open.size === 0) this.#whenClosed?.();
    await closed;
  }

  /** How many connections are open. */
  get size(): number {
    return this.#open.size;
  }

  freed(connection: Connection): void {
    if (this.#whenClosed !== undefined || this.#open.get(connection) !== this.#generation) {
      connection.abandon();
      return;
    }
    this.#resting.push(connection);
    this.#wakeLater();
  }

  givenBack(exchange: Exchange): void {
    if (this.#whenClosed === undefined) this.#carry(exchange);
    else exchange.fail({ kind: "unsent", detail: "it is let go of" });
  }

  gone(connection: Connection): void {
    this.#open.delete(connection);
    remove(this.#idle, connection);
    remove(this.#resting, connection);
    if (this.#open.size === 0) this.#whenClosed?.();
    // Not at once: whoever is told of the loss may have given up what waits.
    if (this.#waiting.length > 0) this.#wakeLater();
  }

  #carry(exchange: Exchange): void {
    const idle = this.#idle.pop();
    if (idle !== undefined) idle.carry(exchange);
    else if (this.#resting.length > this.#waiting.length || !this.#mayOpen) this.#wait(exchange);
    else this.#openFor(exchange);
  }

  /** A connection that was idle may be lost like the one before. */
  #carryAnew(exchange: Exchange): void {
    if (!this.#mayOpen) this.#idle[0]?.abandon();
    if (this.#mayOpen) this.#openFor(exchange);
    else this.#wait(exchange);
  }

  get #mayOpen(): boolean {
    return this.#open.size < this.#options.connections;
  }

  #openFor(exchange: Exchange): void {
    const connection = new Connection(this.#opener, this.#options, this);
    this.#open.set(connection, this.#generation);
    connection.carry(exchange);
  }

  #wait(exchange: Exchange): void {
    this.#waiting.push(exchange);
    exchange.wait();
  }

  #wakeLater(): void {
    if (this.#willWake) return;
    this.#willWake = true;
    setImmediate(() => this.#wake());
  }

  /**
   * A connection carries another request only in the next turn of the loop: what a backend sends
   * behind the end of an answer has been read by then, and has ended it.
   */
  #wake(): void {
    this.#willWake = false;
    const rested = this.#resting;
    this.#resting = [];
    for (const connection of rested) {
      if (!this.#open.has(connection)) continue;
      if (connection.mayHaveMore) {
        connection.mayHaveMore = false;
        this.#resting.push(connection);
        this.#wakeLater();
        continue;
      }
      const next = this.#next();
      if (next !== undefined) connection.carry(next, true);
      else {
        this.#idle.push(connection);
        connection.rest();
      }
    }
    while (this.#mayOpen) {
      const next = this.#next();
      if (next === undefined) return;
      this.#openFor(next);
    }
  }

  #next(): Exchange | undefined {
    for (let next = this.#waiting.shift(); next !== undefined; next = this.#waiting.shift())
      if (!next.isOver) return next;
    return undefined;
  }
}

function remove(connections: Connection[], connection: Connection): void {
  const at = connections.indexOf(connection);
  if (at >= 0) connections.splice(at, 1);
}
