import { mayHaveBody } from "../facts/header-fields.ts";
import type { AnswerReceiver, Forwarding, UpstreamRequest } from "../ports/upstream.ts";
import type { Answer } from "./answer.ts";
import { askPlain, type IdentityAssertion, sayCertificate, sayWhoCalls } from "./backend-fields.ts";
import type { Exchange } from "./exchange.ts";

const repeatableMethods: ReadonlySet<string> = new Set(["GET", "HEAD", "OPTIONS"]);

/**
 * Hands on exactly what was checked: the canonical path, the cleaned fields, the bytes that the
 * contract read. A body that no control reads is streamed.
 */
export function forward(
  exchange: Exchange,
  receiver: AnswerReceiver,
  answer: Answer,
  assertIdentity: IdentityAssertion | undefined,
): Forwarding {
  const { arrival, course, forwardFields: headers, path, query } = exchange;
  const { operation, readsAlways, readsSuccess } = course;
  const reads = arrival.method === "GET" || arrival.method === "HEAD";
  if (readsSuccess) askPlain(headers, readsAlways && reads);
  if (operation.issuer) sayCertificate(headers, arrival);
  sayWhoCalls(headers, exchange, assertIdentity);
  const body = bodyOf(exchange, headers);
  exchange.forwardedAt = performance.now();
  const forwarding = operation.upstream.forward(
    {
      // Whose object it is stands in the body: a HEAD is asked as a GET, and answered without one.
      method: arrival.method === "HEAD" && readsAlways ? "GET" : arrival.method,
      target: query === "" ? path : `${path}?${query}`,
      headers,
      body,
      repeatable: body === null && repeatableMethods.has(arrival.method),
    },
    receiver,
  );
  answer.once("close", () => {
    exchange.closed = true;
    if (!answer.writableEnded) forwarding.abort();
  });
  return forwarding;
}

/** The body that was read, or the caller's stream where no control looks into it. */
function bodyOf(exchange: Exchange, headers: string[]): UpstreamRequest["body"] {
  const { arrival, fields, methodInBody } = exchange;
  const bodyBytes = methodInBody?.(exchange.bodyBytes) ?? exchange.bodyBytes;
  if (bodyBytes !== undefined) {
    if (bodyBytes.length === 0) return null;
    headers.push("Content-Length", String(bodyBytes.length));
    return bodyBytes;
  }
  if (!mayHaveBody(exchange)) return null;
  arrival.allowBody?.();
  if (fields.contentLength !== undefined) headers.push("Content-Length", fields.contentLength);
  return arrival.body;
}
