import type { ClientHttp2Stream } from "node:http2";
import type { Readable } from "node:stream";
import type { BodyWatch } from "../http1/sending-body.ts";

/**
 * Sends a stream as the body of a request over HTTP/2, as fast as the backend opens its window:
 * while it is closed the caller's stream is paused.
 */
export class StreamBody {
  readonly #stream: ClientHttp2Stream;
  readonly #body: Readable;
  readonly #watch: BodyWatch;
  /** Bytes that are to come; undefined where nothing was said of them. */
  #left: number | undefined;
  isOver = false;

  constructor(
    stream: ClientHttp2Stream,
    body: Readable,
    length: number | undefined,
    watch: BodyWatch,
  ) {
    this.#stream = stream;
    this.#body = body;
    this.#left = length;
    this.#watch = watch;
    stream.on("drain", () => {
      if (!this.isOver) body.resume();
    });
  }

  begin(): void {
    const body = this.#body;
    body.on("data", this.#take).on("end", this.#end).on("error", this.#lost);
    body.on("close", this.#lost);
    if (body.readableEnded) this.#end();
    else if (body.destroyed) this.#lost();
    else body.resume();
  }

  /** Nobody takes the rest: it is read, so that what comes behind it can be. */
  leave(): void {
    if (this.isOver) return;
    this.#stop();
    this.#body.on("error", ignore);
    if (!this.#body.destroyed) this.#body.resume();
  }

  readonly #take = (chunk: Buffer): void => {
    if (this.#left !== undefined) {
      if (chunk.length > this.#left) {
        this.#break("the caller's body is longer than its Content-Length");
        return;
      }
      this.#left -= chunk.length;
    }
    if (!this.#stream.write(chunk)) this.#body.pause();
    this.#watch.onSent(chunk.length);
  };

  readonly #end = (): void => {
    if (this.isOver) return;
    if (this.#left !== undefined && this.#left > 0) {
      this.#break("the caller's body is shorter than its Content-Length");
      return;
    }
    this.#stop();
    this.#stream.end();
    this.#watch.onAllSent();
  };

  readonly #lost = (): void => this.#break("the caller's body broke off");

  #break(why: string): void {
    if (this.isOver) return;
    this.leave();
    this.#watch.onBroken(why);
  }

  #stop(): void {
    this.isOver = true;
    const body = this.#body;
    body.off("data", this.#take).off("end", this.#end).off("error", this.#lost);
    body.off("close", this.#lost);
  }
}

const ignore = (): void => undefined;
