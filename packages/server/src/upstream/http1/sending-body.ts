import type { Socket } from "node:net";
import type { Readable } from "node:stream";

/** Told while a body is sent. */
export interface BodyWatch {
  readonly onSent: (bytes: number) => void;
  readonly onAllSent: () => void;
  /** It broke off, or is not as long as was said. */
  readonly onBroken: (why: string) => void;
}

/**
 * Sends a stream as the body of a request, as fast as the backend takes it: where the connection is
 * full the stream is paused.
 */
export class SendingBody {
  readonly #socket: Socket;
  readonly #body: Readable;
  readonly #watch: BodyWatch;
  /** Bytes that are to come; undefined where it is sent in chunks. */
  #left: number | undefined;
  isOver = false;

  /** @param length what was said of it; undefined where it is sent in chunks */
  constructor(socket: Socket, body: Readable, length: number | undefined, watch: BodyWatch) {
    this.#socket = socket;
    this.#body = body;
    this.#left = length;
    this.#watch = watch;
  }

  begin(): void {
    const body = this.#body;
    body.on("data", this.#take).on("end", this.#end).on("error", this.#lost);
    body.on("close", this.#lost);
    if (body.readableEnded) this.#end();
    else if (body.destroyed) this.#lost();
    else body.resume();
  }

  /** The connection takes more. */
  drained(): void {
    if (!this.isOver) this.#body.resume();
  }

  /** Nobody takes the rest: it is read, so that what comes behind it can be. */
  leave(): void {
    if (this.isOver) return;
    this.#stop();
    const body = this.#body;
    body.on("error", ignore);
    if (!body.destroyed) body.resume();
  }

  readonly #take = (chunk: Buffer): void => {
    const socket = this.#socket;
    let takesMore: boolean;
    if (this.#left === undefined) {
      if (chunk.length === 0) return;
      socket.cork();
      socket.write(`${chunk.length.toString(16)}\r\n`, "latin1");
      socket.write(chunk);
      takesMore = socket.write("\r\n", "latin1");
      socket.uncork();
    } else {
      if (chunk.length > this.#left) {
        this.#break("the caller's body is longer than its Content-Length");
        return;
      }
      this.#left -= chunk.length;
      takesMore = socket.write(chunk);
    }
    this.#watch.onSent(chunk.length);
    if (!takesMore) this.#body.pause();
  };

  readonly #end = (): void => {
    if (this.isOver) return;
    if (this.#left === undefined) this.#socket.write("0\r\n\r\n", "latin1");
    else if (this.#left > 0) {
      this.#break("the caller's body is shorter than its Content-Length");
      return;
    }
    this.#stop();
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
