import type { ServerHttp2Stream } from "node:http2";
import type { Answer } from "../journey/answer.ts";

const whole = { endStream: true } as const;
const inParts = { waitForTrailers: true } as const;
const mostNames = 1000;
const lowered = new Map<string, string>();

/** Names of fields are lowercase in HTTP/2 (RFC 9113 section 8.2.1); there are few. */
function lowerName(name: string): string {
  const known = lowered.get(name);
  if (known !== undefined) return known;
  if (lowered.size >= mostNames) lowered.clear();
  const lower = name.toLowerCase();
  lowered.set(name, lower);
  return lower;
}

/** The way back to a caller over HTTP/2: the stream itself, without node:http2's compatibility layer. */
export class StreamAnswer implements Answer {
  readonly stream: ServerHttp2Stream;
  #isEnded = false;
  #trailers: Record<string, string> | undefined;

  constructor(stream: ServerHttp2Stream) {
    this.stream = stream;
    // Without a listener, a fault of the stream would end the thread.
    stream.on("error", ignore);
  }

  get headersSent(): boolean {
    return this.stream.headersSent;
  }

  /** Of the answer: the stream of a HEAD has ended from its beginning. */
  get writableEnded(): boolean {
    return this.#isEnded;
  }

  writeHead(status: number, headers: string[]): void {
    const { stream } = this;
    if (isGone(stream)) return;
    stream.once("wantTrailers", () => this.#sendTrailers());
    stream.respond(listOf(status, headers), inParts);
  }

  writeWhole(status: number, headers: string[], body: Buffer | string | undefined): void {
    const { stream } = this;
    this.#isEnded = true;
    if (isGone(stream)) return;
    if (body === undefined || body.length === 0) stream.respond(listOf(status, headers), whole);
    else {
      stream.respond(listOf(status, headers));
      stream.end(body);
    }
  }

  write(chunk: Buffer): boolean {
    return !isGone(this.stream) && this.stream.write(chunk);
  }

  end(chunk?: Buffer | string, encoding?: "latin1"): void {
    if (this.#isEnded) return;
    this.#isEnded = true;
    if (isGone(this.stream)) return;
    if (chunk === undefined) this.stream.end();
    else if (encoding === undefined) this.stream.end(chunk);
    else this.stream.end(chunk, encoding);
  }

  once(event: "drain" | "close", listener: () => void): void {
    this.stream.once(event, listener);
  }

  addTrailers(trailers: Record<string, string>): void {
    this.#trailers = trailers;
  }

  /** What cannot be sent ends this stream alone. */
  #sendTrailers(): void {
    try {
      this.stream.sendTrailers(this.#trailers ?? {});
    } catch (fault) {
      this.stream.destroy(fault as Error);
    }
  }

  destroy(fault?: Error): void {
    this.stream.destroy(fault);
  }
}

const ignore = (): void => undefined;

const isGone = ({ closed, destroyed }: ServerHttp2Stream): boolean => closed || destroyed;

function listOf(status: number, headers: readonly string[]): string[] {
  const list = [":status", String(status)];
  for (let index = 0; index < headers.length; index += 2)
    list.push(lowerName(headers[index] as string), headers[index + 1] as string);
  return list;
}
