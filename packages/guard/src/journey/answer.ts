import type { Reply } from "../controls/check.ts";
import { problemDocument } from "../facts/problem-document.ts";
import type { Refusal } from "../facts/refusal.ts";
import type { Exchange } from "./exchange.ts";
import { writeWhole } from "./write-head.ts";

/**
 * The way back to the caller: the part of node:http's ServerResponse that the journey uses, which
 * HTTP/2's has too.
 */
export interface Answer {
  readonly headersSent: boolean;
  readonly writableEnded: boolean;
  writeHead(status: number, headers: string[]): unknown;
  /** Head and body at once, where the way back has a cheaper way for an answer that is whole. */
  writeWhole?(status: number, headers: string[], body: Buffer | string | undefined): void;
  write(chunk: Buffer): boolean;
  end(chunk?: Buffer | string): unknown;
  end(chunk: string, encoding: "latin1"): unknown;
  once(event: "drain" | "close", listener: () => void): unknown;
  addTrailers?(trailers: Record<string, string>): void;
  destroy(fault?: Error): unknown;
  getHeaderNames?(): string[];
  removeHeader?(name: string): void;
}

/** With a fault, HTTP/2 resets the stream; without one, a part would look like the whole. */
const brokenOff = new Error("the answer was broken off");

/** Ends an answer that cannot be given, so that nobody takes what was sent of it for the whole. */
export function breakOff(answer: Answer): void {
  try {
    answer.destroy(brokenOff);
  } catch {
    // There is nothing left to break off.
  }
}

/** Adds what every answer carries, whoever gives it; once. */
export function dress(exchange: Exchange): void {
  if (exchange.dressed) return;
  exchange.dressed = true;
  for (const one of exchange.course.operation.everyAnswer) one.add(exchange);
}

/**
 * Answers with the refusal's problem document. When the answer has begun, all that is left is to
 * break it off.
 */
export function answerRefusal(exchange: Exchange, answer: Answer, refusal: Refusal): void {
  if (answer.headersSent) {
    breakOff(answer);
    return;
  }
  dress(exchange);
  const { headers: own = [], problem, retryAfterSeconds } = refusal;
  const body = problemDocument(refusal, exchange.traceId);
  const bytes = Buffer.byteLength(body);
  const headers = [
    "Content-Type",
    "application/problem+json",
    "Content-Length",
    String(bytes),
    "Cache-Control",
    "no-store",
  ];
  if (retryAfterSeconds !== undefined)
    headers.push("Retry-After", String(Math.ceil(retryAfterSeconds)));
  for (const [name, value] of own) headers.push(name, value);
  for (const part of exchange.answerFields) headers.push(part);
  exchange.status = problem.status;
  exchange.answerBytes = bytes;
  writeWhole(exchange, answer, headers, exchange.arrival.method === "HEAD" ? undefined : body);
}

/** Answers in the gate's own name, where it has something to say in place of the backend. */
export function answerReply(exchange: Exchange, answer: Answer, given: Reply): void {
  dress(exchange);
  const { body, headers: own, reply: status } = given;
  const headers = [...own];
  if (body !== undefined) {
    exchange.answerBytes = Buffer.byteLength(body);
    headers.push("Content-Length", String(exchange.answerBytes));
  }
  headers.push(...exchange.answerFields);
  exchange.status = status;
  writeWhole(exchange, answer, headers, exchange.arrival.method === "HEAD" ? undefined : body);
}
