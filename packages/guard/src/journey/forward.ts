import { mayHaveBody } from "../facts/header-fields.ts";
import type { AnswerReceiver, UpstreamRequest } from "../ports/upstream.ts";
import {
  askPlain,
  callerOf,
  type IdentityAssertion,
  sayCertificate,
  sayWhoCalls,
} from "./backend-fields.ts";
import { boundStream } from "./bound-stream.ts";
import type { Boundary } from "./boundary.ts";
import { observedShedding } from "./problems.ts";

const repeatableMethods: ReadonlySet<string> = new Set(["GET", "HEAD", "OPTIONS"]);

/**
 * Hands on exactly what was checked: the canonical path, the cleaned fields, the bytes that the
 * contract has written. A body that no control reads is streamed, up to its bound.
 */
export function forward(
  boundary: Boundary,
  receiver: AnswerReceiver & { refuse(): void },
  assertIdentity: IdentityAssertion | undefined,
): void {
  const { answer, exchange } = boundary;
  const { arrival, course, forwardFields: headers, path, query } = exchange;
  const { operation, readsAlways, readsSuccess } = course;
  const reads = arrival.method === "GET" || arrival.method === "HEAD";
  if (readsSuccess) askPlain(headers, readsAlways && reads);
  if (operation.issuer) sayCertificate(headers, arrival);
  sayWhoCalls(headers, exchange, { assertIdentity, host: course.operation.upstreamHost });
  const body = bodyOf(boundary, headers, () => {
    receiver.refuse();
    boundary.forwarding?.abort();
  });
  const { shedding } = exchange;
  exchange.forwardedAt = performance.now();
  boundary.forwarding = operation.upstream.forward(
    {
      // The body of the answer names the owner. A HEAD is therefore sent as a GET, and answered
      // without the body once it has been judged.
      method: arrival.method === "HEAD" && readsAlways ? "GET" : arrival.method,
      target: query === "" ? path : `${path}?${query}`,
      headers,
      body,
      repeatable: body === null && repeatableMethods.has(arrival.method),
      caller: callerOf(exchange),
      isStranger: exchange.caller === undefined,
      operation: operation.name,
      urgency: exchange.urgency,
      shedding,
      onObserved: shedding === "observe" ? observing(boundary) : undefined,
    },
    receiver,
  );
  boundary.once("close", () => {
    exchange.closed = true;
    if (exchange.ended) exchange.heldBytes?.release();
    if (answer.writableEnded) return;
    boundary.forwarding?.abort();
    // Nothing is told after an abort: whoever leaves would otherwise leave no record of a write.
    boundary.end();
  });
}

/** Records why the request would have been given up; it goes on. */
const observing =
  (boundary: Boundary): NonNullable<UpstreamRequest["onObserved"]> =>
  (code, detail) =>
    boundary.run(() => void boundary.exchange.decide(observedShedding(code, detail)));

/** The body that was read, or the caller's stream where no control looks into it. */
function bodyOf(
  boundary: Boundary,
  headers: string[],
  refused: () => void,
): UpstreamRequest["body"] {
  const { exchange } = boundary;
  const { arrival, fields, bodyFrame, streamBound } = exchange;
  const bodyBytes = bodyFrame?.putBack(exchange.bodyBytes) ?? exchange.bodyBytes;
  if (bodyFrame !== undefined) sayType(headers, bodyFrame.contentType);
  if (bodyBytes !== undefined) {
    if (bodyBytes.length === 0) return null;
    headers.push("Content-Length", String(bodyBytes.length));
    return bodyBytes;
  }
  if (!mayHaveBody(exchange)) return null;
  arrival.allowBody?.();
  if (fields.contentLength !== undefined) {
    headers.push("Content-Length", fields.contentLength);
    return arrival.body;
  }
  if (streamBound === undefined)
    return exchange.reserved?.isMetered === true
      ? boundStream(boundary, Number.POSITIVE_INFINITY, () => false)
      : arrival.body;
  return boundStream(boundary, streamBound.mostBytes, () => {
    const stands = exchange.decide(streamBound.refusal);
    if (stands) refused();
    return stands;
  });
}

/**
 * A frame alone is a body, too, where the operation takes none: without its type the backend would
 * not look for the method or the session, and do what the POST itself stands for.
 */
function sayType(headers: string[], contentType: string): void {
  for (let index = 0; index < headers.length; index += 2)
    if ((headers[index] as string).toLowerCase() === "content-type") return;
  headers.push("Content-Type", contentType);
}
