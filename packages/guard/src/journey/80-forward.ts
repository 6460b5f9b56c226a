import type { AnswerReceiver, Forwarding } from "../upstream.ts";
import { childTraceparent } from "./10-arrive.ts";
import { mayHaveBody, type Answer } from "./answer.ts";
import type { JourneyExchange, OperationJourney } from "./step.ts";

const repeatableMethods: ReadonlySet<string> = new Set(["GET", "HEAD", "OPTIONS"]);

/** Signs who the caller is for the backend; undefined where nobody signed in. */
export type IdentityAssertion = (exchange: JourneyExchange) => string | undefined;

/**
 * Step 80. Hands on exactly what was checked: the canonical path, the cleaned fields, the bytes that the contract read.
 * A body that no control reads is streamed.
 */
export function forward(exchange: JourneyExchange, rules: OperationJourney, receiver: AnswerReceiver, answer: Answer, assertIdentity: IdentityAssertion | undefined): Forwarding {
  const { arrival, known, forwardHeaders } = exchange;
  const headers = rules.readsAnswer ? plainAndWhole(forwardHeaders, rules.answer.checkOwner !== undefined && (arrival.method === "GET" || arrival.method === "HEAD")) : forwardHeaders;
  if (known.host !== undefined) headers.push("Host", known.host);
  headers.push("X-Forwarded-For", exchange.address, "X-Forwarded-Proto", arrival.encrypted ? "https" : "http", "traceparent", childTraceparent(exchange.traceId));
  if (rules.issuer) {
    const certificate = arrival.clientCertificate?.();
    if (certificate !== undefined) headers.push("Portcullis-Client-Certificate", certificate.encoded);
  }
  const identity = assertIdentity?.(exchange);
  if (identity !== undefined) headers.push("Portcullis-Identity", identity);
  let body: Buffer | typeof arrival.body | null = null;
  if (exchange.bodyBytes?.length === 0) body = null;
  else if (exchange.bodyBytes !== undefined) {
    body = exchange.bodyBytes;
    headers.push("Content-Length", String(body.length));
  } else if (mayHaveBody(exchange)) {
    body = arrival.body;
    arrival.allowBody?.();
    if (known.contentLength !== undefined) headers.push("Content-Length", known.contentLength);
  }
  exchange.forwardedAt = performance.now();
  const forwarding = rules.upstream.forward(
    {
      // Whose object it is stands in the body: a HEAD is asked as a GET, and answered without one.
      method: arrival.method === "HEAD" && rules.answer.checkOwner !== undefined ? "GET" : arrival.method,
      target: exchange.query === "" ? exchange.path : `${exchange.path}?${exchange.query}`,
      headers,
      body,
      repeatable: body === null && repeatableMethods.has(arrival.method),
    },
    receiver,
  );
  answer.once("close", () => {
    exchange.closed = true;
    if (answer.writableEnded) return;
    forwarding.abort();
    // Nobody waits for it, but it may have been done.
    rules.answer.afterWrite?.(exchange.path);
  });
  return forwarding;
}

const conditional: ReadonlySet<string> = new Set(["if-none-match", "if-modified-since", "if-match", "if-unmodified-since"]);
/** A part of an answer cannot be judged. */
const partial: ReadonlySet<string> = new Set(["range", "if-range"]);

/**
 * An answer that a control reads must arrive in plain bytes and not in parts; and where it must name its owner, a 304
 * would tell of an object before anybody knows whose it is. The gate answers such conditions itself. A write keeps its
 * conditions: without If-Match, one update would be lost to another.
 */
function plainAndWhole(headers: string[], whole: boolean): string[] {
  for (let index = headers.length - 2; index >= 0; index -= 2) {
    const name = (headers[index] as string).toLowerCase();
    if (name === "accept-encoding" || partial.has(name) || (whole && conditional.has(name))) headers.splice(index, 2);
  }
  headers.push("Accept-Encoding", "identity");
  return headers;
}
