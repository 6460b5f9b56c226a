import { type Dispatcher, Pool } from "undici";
import type { UpstreamRequest } from "@portcullis/guard/upstream";
import type { Attempt, AttemptReceiver, FailureKind, Transport } from "./transport.ts";

export interface TransportOptions {
  readonly connections: number;
  readonly connectTimeoutMs: number;
  readonly bodyTimeoutMs: number;
}

/** Names are looked up again for each connection, and no connection is older than this. */
const connectionLifeMs = 30_000;

const kinds: Readonly<Record<string, FailureKind>> = {
  ECONNREFUSED: "unsent",
  UND_ERR_CONNECT_TIMEOUT: "unsent",
  ENOTFOUND: "unsent",
  EAI_AGAIN: "unsent",
  EHOSTUNREACH: "unsent",
  ENETUNREACH: "unsent",
  ENOENT: "unsent",
  UND_ERR_HEADERS_TIMEOUT: "timeout",
  UND_ERR_BODY_TIMEOUT: "timeout",
  UND_ERR_HEADERS_OVERFLOW: "malformed",
  UND_ERR_RES_CONTENT_LENGTH_MISMATCH: "malformed",
  UND_ERR_INVALID_ARG: "malformed",
};

/** Keep-alive connections over HTTP/1.1. @param target `http(s)://host:port` or `unix:/path` */
export function undiciTransport(
  target: string,
  { bodyTimeoutMs, connections, connectTimeoutMs }: TransportOptions,
): Transport {
  const socketPath = target.startsWith("unix:") ? target.slice("unix:".length) : undefined;
  const pool = new Pool(socketPath === undefined ? target : "http://localhost", {
    connections,
    pipelining: 1,
    bodyTimeout: bodyTimeoutMs,
    keepAliveTimeout: 4000,
    clientTtl: connectionLifeMs,
    connect: { timeout: connectTimeoutMs, ...(socketPath === undefined ? {} : { socketPath }) },
  });
  return {
    begin(request, headersTimeoutMs, receiver) {
      const attempt = new UndiciAttempt(receiver);
      pool.dispatch(dispatchOf(request, headersTimeoutMs), attempt);
      return attempt;
    },
    async probe(path, timeoutMs) {
      const { body, statusCode } = await pool.request({
        origin: undefined as never,
        path,
        method: "GET",
        signal: AbortSignal.timeout(timeoutMs),
      });
      await body.dump();
      return statusCode;
    },
    close: () => pool.close(),
  };
}

const dispatchOf = (
  { body, headers, method, target }: UpstreamRequest,
  headersTimeout: number,
): Dispatcher.DispatchOptions => ({
  method,
  path: target,
  headers,
  body,
  headersTimeout,
  origin: undefined as never,
});

/** Turns undici's callbacks into the port's. */
class UndiciAttempt implements Dispatcher.DispatchHandler, Attempt {
  readonly #receiver: AttemptReceiver;
  #controller: Dispatcher.DispatchController | undefined;
  #aborted = false;

  constructor(receiver: AttemptReceiver) {
    this.#receiver = receiver;
  }

  onRequestStart(controller: Dispatcher.DispatchController): void {
    this.#controller = controller;
    if (this.#aborted) controller.abort(gone());
  }

  onResponseStart(controller: Dispatcher.DispatchController, status: number): void {
    if (status >= 200 && !this.#aborted) this.#receiver.onHead(status, flat(controller.rawHeaders));
  }

  onResponseData(_controller: Dispatcher.DispatchController, chunk: Buffer): void {
    if (!this.#aborted) this.#receiver.onData(chunk);
  }

  onResponseEnd(controller: Dispatcher.DispatchController): void {
    if (!this.#aborted) this.#receiver.onEnd(flat(controller.rawTrailers));
  }

  onResponseError(_controller: Dispatcher.DispatchController, error: Error): void {
    if (this.#aborted) return;
    const code = (error as NodeJS.ErrnoException).code ?? "";
    const kind = kinds[code] ?? (code.startsWith("HPE_") ? "malformed" : "lost");
    this.#receiver.onFailure({ kind, detail: code === "" ? error.message : code });
  }

  pause(): void {
    this.#controller?.pause();
  }

  resume(): void {
    this.#controller?.resume();
  }

  abort(): void {
    this.#aborted = true;
    this.#controller?.abort(gone());
  }
}

const gone = (): Error => new Error("nobody waits for the answer any more");

function flat(raw: Buffer[] | string[] | Record<string, unknown> | null | undefined): string[] {
  if (!Array.isArray(raw)) return [];
  // Field values are bytes, not UTF-8 (RFC 9110 section 5.5): latin1 keeps each as it came.
  return raw.map((part) => (typeof part === "string" ? part : part.toString("latin1")));
}
