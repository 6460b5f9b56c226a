import type { ClientHttp2Stream } from "node:http2";
import type { Readable } from "node:stream";
import { type BodyWatch, SentBody } from "../sent-body.ts";

/** The body of a request over HTTP/2: it goes as the backend opens its window. */
export class StreamBody extends SentBody {
  readonly #stream: ClientHttp2Stream;

  constructor(
    stream: ClientHttp2Stream,
    body: Readable,
    length: number | undefined,
    watch: BodyWatch,
  ) {
    super(body, length, watch);
    this.#stream = stream;
    stream.on("drain", () => this.drained());
  }

  protected write(chunk: Buffer): boolean {
    return this.#stream.write(chunk);
  }

  protected finish(): void {
    this.#stream.end();
  }
}
