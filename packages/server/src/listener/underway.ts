import type { IncomingMessage, ServerResponse } from "node:http";
import { constants, type ServerHttp2Stream } from "node:http2";
import type { StreamAnswer, StreamArrival, StreamBody } from "@portcullis/guard/node-http";
import type { ListenerBounds } from "./bounds.ts";
import { longestUnseenMs, Pace } from "./pace.ts";

export type AnyRequest = IncomingMessage | StreamArrival;
export type AnyResponse = ServerResponse | StreamAnswer;

const resetByCaller = "ERR_HTTP2_STREAM_ERROR";

/**
 * A request that is underway, and whether its caller sends the body and takes the answer. Nothing is
 * listened to until it has lasted for a while.
 */
export class Underway {
  /** Where its connection keeps it. */
  slot = 0;
  readonly #request: AnyRequest;
  readonly #response: AnyResponse;
  readonly #stream: ServerHttp2Stream | undefined;
  readonly #bounds: ListenerBounds;
  /** Most requests are over before anybody looks at their pace. */
  #body: Pace | undefined;
  #answer: Pace | undefined;
  #received = 0;
  #isCounting = false;
  #waiting = 0;
  #drained = 0;
  #unseenMs = 0;
  #isListening = false;
  #isReset = false;

  constructor(request: AnyRequest, response: AnyResponse, bounds: ListenerBounds) {
    this.#request = request;
    this.#stream = "stream" in response ? response.stream : undefined;
    this.#response = response;
    this.#bounds = bounds;
  }

  /** Of an answer over HTTP/2: of HTTP/1.1 the connection tells. */
  get isAnswerDue(): boolean {
    return this.#stream !== undefined && this.#stream.writableLength > 0;
  }

  /** Of HTTP/2: the caller has reset it before its answer had ended. */
  get wasTakenBack(): boolean {
    const stream = this.#stream;
    if (stream === undefined || this.#isReset || !stream.aborted) return false;
    // What the gate breaks off itself has a fault of its own.
    const { errored } = stream;
    return errored === null || (errored as NodeJS.ErrnoException).code === resetByCaller;
  }

  /** Asks a caller on HTTP/1.1 to begin a new connection for its next request. */
  endsConnection(): void {
    if ("shouldKeepAlive" in this.#response && !this.#response.headersSent)
      this.#response.shouldKeepAlive = false;
  }

  sendsSlowly(elapsedMs: number): boolean {
    const due = this.#isBodyDue();
    if (due) this.#countBody();
    const bytes = this.#received;
    this.#received = 0;
    return (this.#body ??= new Pace(this.#bounds)).isSlow(due, bytes, elapsedMs);
  }

  /** @param share what the connection took, for each stream that has something to take */
  takesSlowly(share: number, elapsedMs: number): boolean {
    if (this.#stream === undefined) return false;
    const length = this.#stream.writableLength;
    const due = length > 0;
    if (due) this.#listenForDrain();
    // A piece is written as a whole, and tells nothing of itself before its end.
    const seen = Math.max(this.#drained, this.#waiting - length);
    this.#drained = 0;
    this.#waiting = length;
    this.#unseenMs = due && seen <= 0 ? this.#unseenMs + elapsedMs : 0;
    if ((this.#answer ??= new Pace(this.#bounds)).isSlow(due, seen > 0 ? seen : share, elapsedMs))
      return true;
    return due && this.#unseenMs > longestUnseenMs(length, this.#bounds.stallMs);
  }

  reset(): void {
    this.#isReset = true;
    if ("stream" in this.#request) this.#request.stream.close(constants.NGHTTP2_ENHANCE_YOUR_CALM);
    else this.#request.socket.destroy();
  }

  /** Not while the gate decides, and not while the backend takes no more. */
  #isBodyDue(): boolean {
    const request = this.#request;
    if ("stream" in request && request.endsWithHead) return false;
    const body = this.#bodyOfRequest();
    if (body.complete || body.readableLength > 0) return false;
    return (
      body.readableFlowing === true ||
      body.listenerCount("readable") > 0 ||
      this.#response.writableEnded
    );
  }

  /** Of HTTP/1.1, the request itself. */
  #bodyOfRequest(): IncomingMessage | StreamBody {
    return "stream" in this.#request ? (this.#request.body as StreamBody) : this.#request;
  }

  #countBody(): void {
    // A listener would make a body flow that nobody has begun to read.
    const body = this.#bodyOfRequest();
    if (this.#isCounting || body.readableFlowing === null) return;
    this.#isCounting = true;
    body.on("data", (chunk: Buffer) => (this.#received += chunk.length));
  }

  #listenForDrain(): void {
    if (this.#isListening) return;
    this.#isListening = true;
    this.#stream?.on("drain", () => (this.#drained += Math.max(this.#waiting, 1)));
  }
}
