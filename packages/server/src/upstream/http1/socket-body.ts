import type { Socket } from "node:net";
import type { Readable } from "node:stream";
import { type BodyWatch, SentBody } from "../sent-body.ts";

/** The body of a request over HTTP/1.1: as it is where its length was said, in chunks otherwise. */
export class SocketBody extends SentBody {
  readonly #socket: Socket;
  readonly #isChunked: boolean;

  constructor(socket: Socket, body: Readable, length: number | undefined, watch: BodyWatch) {
    super(body, length, watch);
    this.#socket = socket;
    this.#isChunked = length === undefined;
  }

  protected write(chunk: Buffer): boolean {
    const socket = this.#socket;
    if (!this.#isChunked) return socket.write(chunk);
    socket.cork();
    socket.write(`${chunk.length.toString(16)}\r\n`, "latin1");
    socket.write(chunk);
    const takesMore = socket.write("\r\n", "latin1");
    socket.uncork();
    return takesMore;
  }

  protected finish(): void {
    if (this.#isChunked) this.#socket.write("0\r\n\r\n", "latin1");
  }
}
