import type { ServerHttp2Stream } from "node:http2";
import { Readable } from "node:stream";

/**
 * The body of a request over HTTP/2. It is apart from the stream because who reads it may destroy
 * it, and the answer has yet to leave on the same stream.
 */
export class StreamBody extends Readable {
  readonly #stream: ServerHttp2Stream;
  #isRead = false;

  constructor(stream: ServerHttp2Stream) {
    super({ autoDestroy: false });
    this.#stream = stream;
    // A stream that is lost before its body has ended does not end it: the body breaks off.
    stream.once("close", () => {
      if (!this.readableEnded) this.destroy();
    });
  }

  /** Whether nothing of it is still to come. */
  get complete(): boolean {
    const { aborted, closed, destroyed } = this.#stream;
    return this.readableEnded || aborted || closed || destroyed;
  }

  override _read(): void {
    if (this.#isRead) {
      this.#stream.resume();
      return;
    }
    this.#isRead = true;
    this.#stream
      .on("data", (chunk: Buffer) => {
        if (!this.push(chunk)) this.#stream.pause();
      })
      .once("end", () => {
        // A stream that was taken back without a fault ends, too, wherever its body was.
        if (!this.#stream.aborted) this.push(null);
      });
  }
}
