import type { IncomingMessage, ServerResponse } from "node:http";
import {
  constants,
  type Http2ServerRequest,
  type Http2ServerResponse,
  type ServerHttp2Stream,
} from "node:http2";
import type { ListenerBounds } from "./bounds.ts";
import { longestUnseenMs, Pace } from "./pace.ts";

export type AnyRequest = IncomingMessage | Http2ServerRequest;
export type AnyResponse = ServerResponse | Http2ServerResponse;

const resetByCaller = "ERR_HTTP2_STREAM_ERROR";

/**
 * A request that is underway, and whether its caller sends the body and takes the answer. Nothing is
 * listened to until it has lasted for a while.
 */
export class Underway {
  readonly #request: AnyRequest;
  readonly #response: AnyResponse;
  readonly #stream: ServerHttp2Stream | undefined;
  readonly #stallMs: number;
  readonly #body: Pace;
  readonly #answer: Pace;
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
    this.#stallMs = bounds.stallMs;
    this.#body = new Pace(bounds);
    this.#answer = new Pace(bounds);
  }

  /** Of an answer over HTTP/2: of HTTP/1.1 the connection tells. */
  get isAnswerDue(): boolean {
    return "stream" in this.#response && this.#response.stream?.writableLength > 0;
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
    return this.#body.isSlow(due, bytes, elapsedMs);
  }

  /** @param share what the connection took, for each stream that has something to take */
  takesSlowly(share: number, elapsedMs: number): boolean {
    if (!("stream" in this.#response)) return false;
    const length = this.#response.stream?.writableLength ?? 0;
    const due = length > 0;
    if (due) this.#listenForDrain();
    // A piece is written as a whole, and tells nothing of itself before its end.
    const seen = Math.max(this.#drained, this.#waiting - length);
    this.#drained = 0;
    this.#waiting = length;
    this.#unseenMs = due && seen <= 0 ? this.#unseenMs + elapsedMs : 0;
    if (this.#answer.isSlow(due, seen > 0 ? seen : share, elapsedMs)) return true;
    return due && this.#unseenMs > longestUnseenMs(length, this.#stallMs);
  }

  reset(): void {
    this.#isReset = true;
    if ("stream" in this.#response)
      this.#response.stream?.close(constants.NGHTTP2_ENHANCE_YOUR_CALM);
    else this.#request.socket.destroy();
  }

  /** Not while the gate decides, and not while the backend takes no more. */
  #isBodyDue(): boolean {
    const request = this.#request;
    if (request.complete || request.readableLength > 0) return false;
    if ("stream" in request && (request.stream?.endAfterHeaders ?? true)) return false;
    return (
      request.readableFlowing === true ||
      request.listenerCount("readable") > 0 ||
      this.#response.writableEnded
    );
  }

  #countBody(): void {
    // A listener would make a body flow that nobody has begun to read.
    if (this.#isCounting || this.#request.readableFlowing === null) return;
    this.#isCounting = true;
    this.#request.on("data", (chunk: Buffer) => (this.#received += chunk.length));
  }

  #listenForDrain(): void {
    if (this.#isListening || !("stream" in this.#response)) return;
    this.#isListening = true;
    this.#response.stream.on("drain", () => (this.#drained += Math.max(this.#waiting, 1)));
  }
}
