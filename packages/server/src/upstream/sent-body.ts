import type { Readable } from "node:stream";

/** Told while a body is sent. */
export interface BodyWatch {
  readonly onSent: (bytes: number) => void;
  readonly onAllSent: () => void;
  /** It broke off, or is not as long as was said. */
  readonly onBroken: (why: string) => void;
}

/**
 * Sends a stream as the body of a request, as fast as the backend takes it: where the way there is
 * full, the caller's stream is paused. How bytes are written is each protocol's own.
 */
export abstract class SentBody {
  isOver = false;
  readonly #body: Readable;
  readonly #watch: BodyWatch;
  /** Bytes that are to come; undefined where nothing was said of them. */
  #left: number | undefined;

  /** @param length what was said of it */
  constructor(body: Readable, length: number | undefined, watch: BodyWatch) {
    this.#body = body;
    this.#left = length;
    this.#watch = watch;
  }

  /** @returns whether the way takes more */
  protected abstract write(chunk: Buffer): boolean;
  /** Nothing comes behind what was written. */
  protected abstract finish(): void;

  begin(): void {
    const body = this.#body;
    body.on("data", this.#take).on("end", this.#end).on("error", this.#lost);
    body.on("close", this.#lost);
    if (body.readableEnded) this.#end();
    else if (body.destroyed) this.#lost();
    else body.resume();
  }

  /** The way takes more. */
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
    if (chunk.length === 0) return;
    if (this.#left !== undefined) {
      if (chunk.length > this.#left) {
        this.#break("the caller's body is longer than its Content-Length");
        return;
      }
      this.#left -= chunk.length;
    }
    if (!this.write(chunk)) this.#body.pause();
    this.#watch.onSent(chunk.length);
  };

  readonly #end = (): void => {
    if (this.isOver) return;
    if (this.#left !== undefined && this.#left > 0) {
      this.#break("the caller's body is shorter than its Content-Length");
      return;
    }
    this.#stop();
    this.finish();
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
