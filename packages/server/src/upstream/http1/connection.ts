import type { Socket } from "node:net";
import { atEndOfTurn, type Leaving } from "@portcullis/guard/upstream";
import { hasStream } from "../backend.ts";
import { tlsFault } from "../tls-settings.ts";
import type { BodyWatch } from "../sent-body.ts";
import type { FailureKind } from "../transport.ts";
import { AnswerReader, type AnswerTaker } from "./answer-reader.ts";
import { backendDeadlines, Deadline } from "./deadlines.ts";
import type { ConnectionOwner, ConnectionTimes } from "./connection-owner.ts";
import type { Carrier, Exchange } from "./exchange.ts";
import { faulty } from "./head-reader.ts";
import { longestLifeMs, mostRestMs } from "./keeping.ts";
import type { Opener } from "./open-socket.ts";
import { readBytes } from "./read-bytes.ts";
import { sendRequest } from "./send-request.ts";
import type { SocketBody } from "./socket-body.ts";

/** One connection to a backend. It carries one request at a time, and nothing is sent ahead. */
export class Connection implements AnswerTaker, BodyWatch, Carrier, Leaving {
  /** Whether the last read was as large as a read can be, so that more may have come with it. */
  mayHaveMore = false;
  readonly #socket: Socket;
  readonly #owner: ConnectionOwner;
  readonly #times: ConnectionTimes;
  readonly #reader = new AnswerReader(this);
  readonly #deadline = new Deadline(() => this.#late());
  readonly #endsAtMs = performance.now() + longestLifeMs;
  #exchange: Exchange | undefined;
  #body: SocketBody | undefined;
  #isOpened = false;
  #isOver = false;
  #isPaused = false;
  #isAnswered = false;
  readonly onBroken = (why: string): void => this.#fail("lost", why);
  /** Its request leaves at the end of this turn. */
  #isLeaving = false;
  #switched: string[] | undefined;
  /** Why it broke, by the system's word. */
  #code: string | undefined;

  /** @param isStream read as any stream: it may be handed over to whoever switches protocols */
  constructor(opener: Opener, times: ConnectionTimes, owner: ConnectionOwner, isStream = false) {
    this.#times = times;
    this.#owner = owner;
    const socket = opener.open(
      isStream
        ? undefined
        : { buffer: readBytes, callback: (count) => this.#read(readBytes, count) },
    );
    this.#socket = socket;
    if (isStream) socket.on("data", (bytes: Buffer) => void this.#read(bytes, bytes.length));
    socket
      .once(opener.openedBy, () => this.#opened())
      .on("error", (fault: NodeJS.ErrnoException) => (this.#code = fault.code ?? fault.message))
      .on("end", () => this.#ended())
      .on("close", () => this.#closed())
      .on("drain", () => this.#body?.drained());
    backendDeadlines.set(this.#deadline, times.connectTimeoutMs);
  }

  /**
   * Sends a request, as soon as it is open.
   *
   * @param isEndOfTurn whether it is the end of a turn of the event loop, where requests leave
   */
  carry(exchange: Exchange, isEndOfTurn = false): void {
    this.#exchange = exchange;
    exchange.carriedBy(this);
    if (this.#isOpened) this.#send(exchange, isEndOfTurn);
  }

  leave(): void {
    if (!this.#isLeaving || this.#exchange === undefined) return;
    if (this.#socket.destroyed) this.#close();
    else this.#write(this.#exchange);
  }

  /** Keeps it for a next request; not for ever. */
  rest(): void {
    backendDeadlines.set(this.#deadline, mostRestMs(this.#reader.keepSeconds));
  }

  pause(): void {
    this.#isPaused = true;
    this.#socket.pause();
    backendDeadlines.clear(this.#deadline);
  }

  resume(): void {
    if (!this.#isPaused) return;
    this.#isPaused = false;
    backendDeadlines.set(this.#deadline, this.#times.bodyTimeoutMs);
    this.#socket.resume();
  }

  /** Whatever it is at ends here. */
  abandon(): void {
    this.#close();
  }

  /** Until when the rest must come is set when all has been read that came with it. */
  takeHead(status: number, fields: string[]): void {
    this.#isAnswered = true;
    this.#exchange?.answered(status, fields);
  }

  takeData(bytes: Buffer, from: number, to: number): void {
    const chunk = Buffer.allocUnsafe(to - from);
    bytes.copy(chunk, 0, from, to);
    this.#exchange?.data(chunk);
  }

  takeEnd(trailers: string[]): void {
    const exchange = this.#exchange;
    this.#exchange = undefined;
    exchange?.end(trailers);
  }

  takeSwitch(fields: string[]): void {
    this.#switched = fields;
  }

  onSent(bytes: number): void {
    const exchange = this.#exchange;
    if (exchange === undefined) return;
    if (!this.#isAnswered) backendDeadlines.set(this.#deadline, exchange.headersTimeoutMs);
    exchange.sent(bytes);
  }

  onAllSent(): void {
    this.#body = undefined;
    this.#exchange?.allSent();
  }

  #opened(): void {
    this.#isOpened = true;
    if (this.#exchange !== undefined) this.#send(this.#exchange, true);
  }

  #send(exchange: Exchange, isEndOfTurn: boolean): void {
    backendDeadlines.set(this.#deadline, exchange.headersTimeoutMs);
    this.#isLeaving = true;
    if (isEndOfTurn || hasStream(exchange.request)) this.#write(exchange);
    else atEndOfTurn(this);
  }

  #write(exchange: Exchange): void {
    const { head, request } = exchange;
    this.#isLeaving = false;
    this.#isAnswered = false;
    this.#reader.begin({
      isHead: request.method === "HEAD",
      mayUpgrade: exchange.onSwitched !== undefined,
    });
    this.#body = sendRequest(this.#socket, request, head, this);
  }

  #read(bytes: Buffer, count: number): boolean {
    if (this.#isOver) return false;
    this.mayHaveMore = count === readBytes.length;
    if (!this.#reader.isReading) {
      // Nothing was asked, or has left: what has come is no answer, and could be taken for the next.
      this.#close();
      return false;
    }
    const at = this.#reader.read(bytes, 0, count);
    if (this.#isOver) return false;
    if (this.#switched !== undefined) this.#handOver(this.#switched, bytes.subarray(at, count));
    else if (at === faulty) this.#fail("malformed", this.#reader.fault);
    else if (this.#exchange === undefined) this.#free(at === count);
    else if (this.#isAnswered && !this.#isPaused)
      backendDeadlines.set(this.#deadline, this.#times.bodyTimeoutMs);
    return !this.#isOver;
  }

  /** @param isClean nothing came behind the answer: what does could be a smuggled one */
  #free(isClean: boolean): void {
    if (this.#isOver) return;
    const { keepSeconds, reusable } = this.#reader;
    const isKept = mostRestMs(keepSeconds) > 0;
    // The rest of a body that an answer did not wait for would be read as the next request.
    const isSent = this.#body === undefined;
    if (!isClean || !reusable || !isSent || !isKept || performance.now() > this.#endsAtMs) {
      this.#close();
      return;
    }
    this.resume();
    backendDeadlines.clear(this.#deadline);
    this.#owner.freed(this);
  }

  #handOver(fields: string[], head: Buffer): void {
    const exchange = this.#exchange;
    const socket = this.#socket;
    this.#exchange = undefined;
    this.#over();
    socket.removeAllListeners("data").removeAllListeners("drain");
    exchange?.onSwitched?.(fields, socket, head);
  }

  #late(): void {
    const { connectTimeoutMs } = this.#times;
    if (!this.#isOpened) this.#fail("unsent", `no connection within ${connectTimeoutMs} ms`);
    else if (this.#exchange === undefined) this.#close();
    else if (this.#isAnswered) this.#fail("timeout", "the answer stopped coming");
    else this.#fail("timeout", "no answer in time");
  }

  #ended(): void {
    if (this.#isOver) return;
    if (this.#reader.endsWithConnection()) this.#close();
    else this.#closed();
  }

  #closed(): void {
    const detail = this.#code ?? "the connection was closed";
    const isBegun = this.#isOpened && this.#reader.isBegun;
    const unbelieved = isBegun ? undefined : tlsFault(detail);
    if (unbelieved !== undefined || !this.#isOpened) this.#fail("unsent", unbelieved ?? detail);
    else if (isBegun && !this.#isAnswered) this.#fail("malformed", `within a head: ${detail}`);
    else this.#fail("lost", detail);
  }

  #fail(kind: FailureKind, detail: string): void {
    // What has not left has not failed: another connection carries it.
    const exchange = this.#isLeaving ? undefined : this.#exchange;
    this.#close();
    exchange?.fail({ kind, detail });
  }

  #close(): void {
    if (this.#isOver) return;
    this.#socket.destroy();
    this.#over();
  }

  #over(): void {
    const unsent = this.#isLeaving ? this.#exchange : undefined;
    this.#isOver = true;
    this.#isLeaving = false;
    this.#exchange = undefined;
    this.#reader.stop();
    this.#body?.leave();
    this.#body = undefined;
    backendDeadlines.drop(this.#deadline);
    this.#owner.gone(this);
    if (unsent?.isOver === false) this.#owner.givenBack(unsent);
  }
}
