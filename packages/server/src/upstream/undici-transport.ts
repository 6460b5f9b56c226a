import { isIP } from "node:net";
import { type Dispatcher, Pool } from "undici";
import type { UpstreamRequest } from "@portcullis/guard/upstream";
import { watchAddresses } from "./watch-addresses.ts";
import type { Attempt, AttemptReceiver, FailureKind, Transport } from "./transport.ts";

export interface TransportOptions {
  readonly connections: number;
  readonly connectTimeoutMs: number;
  readonly bodyTimeoutMs: number;
}

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
export function undiciTransport(target: string, options: TransportOptions): Transport {
  let pool = openPool(target, options);
  // Connections outlive what a name means. Where it means other addresses, new ones are made, and
  // the old ones end with what they are at.
  const names = watchAddresses(hostOf(target), () => {
    const old = pool;
    pool = openPool(target, options);
    void old.close();
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
    async close() {
      names?.close();
      await pool.close();
    },
  };
}

function openPool(
  target: string,
  { bodyTimeoutMs, connections, connectTimeoutMs }: TransportOptions,
): Pool {
  const socketPath = target.startsWith("unix:") ? target.slice("unix:".length) : undefined;
  return new Pool(socketPath === undefined ? target : "http://localhost", {
    connections,
    pipelining: 1,
    bodyTimeout: bodyTimeoutMs,
    keepAliveTimeout: 4000,
    connect: { timeout: connectTimeoutMs, ...(socketPath === undefined ? {} : { socketPath }) },
  });
}

/** The name that a target is reached by; undefined for an address and for a socket's path. */
function hostOf(target: string): string | undefined {
  if (target.startsWith("unix:")) return undefined;
  const { hostname } = new URL(target);
  return isIP(hostname) !== 0 || hostname.startsWith("[") ? undefined : hostname;
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

  onBodySent(chunk: Buffer): void {
    this.#receiver.onSent(chunk.length);
  }

  onRequestSent(): void {
    this.#receiver.onAllSent();
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
