import { type ClientHttp2Session, type ClientHttp2Stream, constants } from "node:http2";
import { hasStream } from "../backend.ts";
import { mostInterim } from "../http1/bounds.ts";
import { backendDeadlines, Deadline } from "../http1/deadlines.ts";
import type { Carrier, Exchange } from "../http1/exchange.ts";
import type { Failure } from "../transport.ts";
import type { StreamHead } from "./request-head.ts";
import { StreamBody } from "./stream-body.ts";

/** What a stream asks its session, and tells it. */
export interface StreamOwner {
  ended(): void;
  /** No answer came in time. @param bytesRead of the connection, when the stream was begun */
  late(bytesRead: number): void;
  /** Whether the backend has said that it does nothing about the stream of this number. */
  wasNotBegun(id: number | undefined): boolean;
  /** Nothing was done about the request: another session can carry it. */
  givenBack(why: string): void;
  /** Why there is no answer, where the session knows better. */
  words(otherwise: Failure, code: string | undefined): Failure;
}

const { NGHTTP2_CANCEL, NGHTTP2_PROTOCOL_ERROR, NGHTTP2_REFUSED_STREAM } = constants;

/** One request and its answer over one stream. */
export class CarryingStream implements Carrier {
  readonly #exchange: Exchange<StreamHead>;
  readonly #owner: StreamOwner;
  readonly #bodyTimeoutMs: number;
  readonly #deadline = new Deadline(() => this.#late());
  #stream: ClientHttp2Stream | undefined;
  #body: StreamBody | undefined;
  #trailers: string[] = [];
  #interim = 0;
  #bytesRead = 0;
  /** Why it broke, by Node's word. */
  #code: string | undefined;
  #isAnswered = false;
  /** The backend has said that its answer ends here (END_STREAM). */
  #isWhole = false;
  #isOver = false;
  #isPaused = false;

  constructor(exchange: Exchange<StreamHead>, bodyTimeoutMs: number, owner: StreamOwner) {
    this.#exchange = exchange;
    this.#bodyTimeoutMs = bodyTimeoutMs;
    this.#owner = owner;
  }

  begin(session: ClientHttp2Session, bytesRead: number): void {
    const exchange = this.#exchange;
    const { head, headersTimeoutMs, request } = exchange;
    this.#bytesRead = bytesRead;
    exchange.carriedBy(this);
    backendDeadlines.set(this.#deadline, headersTimeoutMs);
    let stream: ClientHttp2Stream;
    try {
      stream = session.request(head.fields, { endStream: request.body === null });
    } catch (fault) {
      // A session that takes no more streams: it has had all their numbers, or is ending.
      this.#over();
      this.#owner.givenBack((fault as Error).message);
      return;
    }
    this.#stream = stream;
    this.#watchEnd(stream);
    stream
      .on("headers", () => this.#takeInterim())
      .on("response", (headers, _flags, raw: string[]) =>
        this.#takeHead(stream, Number(headers[":status"]), raw),
      )
      .on("trailers", (_headers, _flags, raw: string[]) => (this.#trailers = fieldsOf(raw)))
      .on("end", () => this.#ended())
      .on("error", ({ code }: NodeJS.ErrnoException) => (this.#code = code))
      .on("close", () => this.#closed(stream));
    this.#send(stream);
  }

  pause(): void {
    this.#isPaused = true;
    this.#stream?.pause();
    backendDeadlines.clear(this.#deadline);
  }

  resume(): void {
    if (!this.#isPaused) return;
    this.#isPaused = false;
    backendDeadlines.set(this.#deadline, this.#bodyTimeoutMs);
    this.#stream?.resume();
  }

  abandon(): void {
    this.#over();
  }

  /**
   * A reset without a fault ends a stream as its end does (RFC 9113 section 8.1): only what was
   * said before the stream was closed is the end of an answer.
   */
  #watchEnd(stream: ClientHttp2Stream): void {
    const push = stream.push.bind(stream);
    stream.push = (chunk: unknown, encoding?: BufferEncoding) => {
      if (chunk === null && !stream.closed && !stream.destroyed) this.#isWhole = true;
      return push(chunk, encoding);
    };
  }

  #send(stream: ClientHttp2Stream): void {
    const exchange = this.#exchange;
    const { head, headersTimeoutMs, request } = exchange;
    const { body } = request;
    if (body === null || Buffer.isBuffer(body)) {
      if (body !== null) {
        stream.end(body);
        exchange.sent(body.length);
      }
      exchange.allSent();
      return;
    }
    this.#body = new StreamBody(stream, body, head.length, {
      onSent: (bytes) => {
        if (!this.#isAnswered) backendDeadlines.set(this.#deadline, headersTimeoutMs);
        exchange.sent(bytes);
      },
      onAllSent: () => exchange.allSent(),
      onBroken: (why) => this.#fail({ kind: "lost", detail: why }),
    });
    this.#body.begin();
  }

  #takeInterim(): void {
    this.#interim += 1;
    if (this.#interim > mostInterim)
      this.#fail({ kind: "malformed", detail: `more than ${mostInterim} interim answers` });
  }

  #takeHead(stream: ClientHttp2Stream, status: number, raw: readonly string[]): void {
    if (this.#isOver || this.#isAnswered) return;
    this.#isAnswered = true;
    backendDeadlines.set(this.#deadline, this.#bodyTimeoutMs);
    this.#exchange.answered(status, fieldsOf(raw));
    if (this.#isOver) return;
    // Not before: what has come with the head would be told before it.
    stream.on("data", (chunk: Buffer) => {
      if (this.#isOver) return;
      if (!this.#isPaused) backendDeadlines.set(this.#deadline, this.#bodyTimeoutMs);
      this.#exchange.data(chunk);
    });
    if (this.#isPaused) stream.pause();
  }

  #ended(): void {
    if (this.#isOver || !this.#isAnswered || !this.#isWhole) return;
    const trailers = this.#trailers;
    this.#over();
    this.#exchange.end(trailers);
  }

  #closed(stream: ClientHttp2Stream): void {
    if (this.#isOver) return;
    const { id, rstCode } = stream;
    const isRefused = rstCode === NGHTTP2_REFUSED_STREAM || this.#owner.wasNotBegun(id);
    if (isRefused && !this.#isAnswered) this.#giveBack();
    else
      this.#fail(
        this.#owner.words(
          {
            kind: rstCode === NGHTTP2_PROTOCOL_ERROR ? "malformed" : "lost",
            detail: `the stream was reset (${rstCode ?? "without a code"})`,
          },
          this.#code,
        ),
      );
  }

  /** Of a body that was streamed, nobody has what was sent of it. */
  #giveBack(): void {
    const why = "the backend did not begin with it";
    if (hasStream(this.#exchange.request)) {
      this.#fail({ kind: "unsent", detail: why });
      return;
    }
    this.#over();
    this.#owner.givenBack(why);
  }

  #late(): void {
    if (!this.#isAnswered) this.#owner.late(this.#bytesRead);
    const detail = this.#isAnswered ? "the answer stopped coming" : "no answer in time";
    this.#fail({ kind: "timeout", detail });
  }

  #fail(failure: Failure): void {
    if (this.#isOver) return;
    this.#over();
    this.#exchange.fail(failure);
  }

  #over(): void {
    if (this.#isOver) return;
    this.#isOver = true;
    backendDeadlines.drop(this.#deadline);
    this.#body?.leave();
    const stream = this.#stream;
    if (stream !== undefined && !stream.closed) {
      const isDone = this.#isWhole && stream.writableEnded;
      if (!isDone) stream.close(NGHTTP2_CANCEL);
    }
    if (stream !== undefined && !stream.destroyed) stream.resume();
    this.#owner.ended();
  }
}

/** Without the pseudo fields, which stand first. */
function fieldsOf(raw: readonly string[]): string[] {
  let from = 0;
  while (from < raw.length && (raw[from] as string).startsWith(":")) from += 2;
  return raw.slice(from);
}
