import { problemDocument } from "../problem-document.ts";
import { refuse, rowOf, type Refusal } from "../refusal.ts";
import type { OwnPage } from "./own-pages.ts";
import type { JourneyExchange } from "./step.ts";

/** The way back to the caller: the part of node:http's ServerResponse that the journey uses, which HTTP/2's has too. */
export interface Answer {
  readonly headersSent: boolean;
  readonly writableEnded: boolean;
  writeHead(status: number, headers: string[]): unknown;
  write(chunk: Buffer): boolean;
  end(chunk?: Buffer | string): unknown;
  end(chunk: string, encoding: "latin1"): unknown;
  once(event: "drain" | "close", listener: () => void): unknown;
  addTrailers?(trailers: [string, string][]): void;
  destroy(): unknown;
}

/** Answers with the refusal's problem document. When the answer has begun, all that is left is to break it off. */
export function answerRefusal(exchange: JourneyExchange, answer: Answer, refusal: Refusal): void {
  exchange.refusal = refusal;
  if (answer.headersSent) {
    answer.destroy();
    return;
  }
  const row = rowOf(refusal);
  const body = problemDocument(refusal, exchange.traceId);
  const bytes = Buffer.byteLength(body);
  const headers = ["Content-Type", "application/problem+json", "Content-Length", String(bytes), "Cache-Control", "no-store"];
  if (refusal.retryAfterSeconds !== undefined) headers.push("Retry-After", String(Math.ceil(refusal.retryAfterSeconds)));
  if (refusal.headers !== undefined) for (const [name, value] of refusal.headers) headers.push(name, value);
  for (const part of exchange.answerHeaders) headers.push(part);
  // Bytes of a body that nobody will read must not be taken for the next request on this connection.
  if (mayHaveBody(exchange) && exchange.bodyBytes === undefined && exchange.arrival.httpVersion !== "2.0") headers.push("Connection", "close");
  exchange.status = row.status;
  exchange.answerBytes = bytes;
  answer.writeHead(row.status, headers);
  answer.end(exchange.arrival.method === "HEAD" ? undefined : body);
}

/** Answers with a page of the gate's own. Only reading is offered. */
export function answerPage(exchange: JourneyExchange, answer: Answer, page: OwnPage): void {
  const { method } = exchange.arrival;
  if (method !== "GET" && method !== "HEAD") {
    answerRefusal(exchange, answer, refuse("method-not-allowed", { headers: [["Allow", "GET, HEAD"]] }));
    return;
  }
  const bytes = Buffer.byteLength(page.body);
  exchange.status = 200;
  exchange.answerBytes = bytes;
  answer.writeHead(200, ["Content-Type", page.contentType, "Content-Length", String(bytes), "Cache-Control", page.cacheControl, "X-Content-Type-Options", "nosniff", "Content-Security-Policy", "default-src 'none'; style-src 'unsafe-inline'", ...exchange.answerHeaders]);
  answer.end(method === "HEAD" ? undefined : page.body);
}

/** Answers with fields alone. */
export function answerEmpty(exchange: JourneyExchange, answer: Answer, headers: readonly string[]): void {
  exchange.status = 204;
  answer.writeHead(204, [...headers, ...exchange.answerHeaders]);
  answer.end();
}

/** Whether bytes may follow the head. Over HTTP/2 that is known only when they come, unless the head said that it was all. */
export function mayHaveBody(exchange: JourneyExchange): boolean {
  const { arrival, known: { contentLength, transferEncoding } } = exchange;
  if (contentLength !== undefined) return contentLength !== "0";
  return arrival.httpVersion === "2.0" ? !arrival.endsWithHead : transferEncoding !== undefined;
}
