import type { Check } from "../exchange.ts";
import { refuse, type Refusal, type Violation } from "../refusal.ts";
import { mayHaveBody } from "./answer.ts";
import { readBody } from "./read-body.ts";
import { rewriteForm } from "../contracts/open-form.ts";
import { serializeExactly } from "./serialize-exactly.ts";
import type { JourneyExchange } from "./step.ts";

/** How a body of one media type is read. `opaque` is streamed: no schema looks into it. */
export interface BodyReading {
  readonly kind: "json" | "form" | "multipart" | "text" | "opaque";
  check(bytes: Buffer, open?: (value: unknown) => unknown): { readonly refusal?: Refusal; readonly value?: unknown };
}

export interface ValidateRules {
  readonly bodyRequired: boolean;
  /** Undefined when the document names no body: then none may come. */
  readonly readingOf: ((contentType: string | undefined) => BodyReading | "unsupported-media-type") | undefined;
  readonly mostBodyBytes: number;
  /** Opens what the app was given sealed, in place; `refusal` when something does not open. */
  readonly openBody: ((exchange: JourneyExchange, kind: BodyReading["kind"]) => { readonly open: (value: unknown) => unknown; readonly refusal: () => Refusal | undefined }) | undefined;
}

const unexpectedBody = refuse("request-invalid", { violations: [{ in: "body", pointer: "", keyword: "undeclared", message: "this operation takes no body" }] });

/** Step 60, first half: parameters, before a byte of the body is read. */
export function prepareValidateHead(checkHead: (exchange: JourneyExchange) => readonly Violation[] | undefined): Check<JourneyExchange> {
  return (exchange) => {
    const violations = checkHead(exchange);
    return violations === undefined || violations.length === 0 ? undefined : refuse("request-invalid", { violations, detail: "parameters" });
  };
}

/** Step 60, second half: the body, read whole only where a schema looks into it. */
export function prepareValidateBody(rules: ValidateRules): Check<JourneyExchange> {
  const { bodyRequired, mostBodyBytes, readingOf } = rules;
  const absent = bodyRequired ? refuse("body-missing") : undefined;
  return (exchange) => {
    if (!mayHaveBody(exchange)) {
      exchange.bodyAbsent = true;
      return absent;
    }
    const { contentEncoding, contentLength, contentType } = exchange.known;
    // Neither a length nor a type: perhaps an empty body, which some clients send as a chunk or frame of its own.
    if (contentLength === undefined && (readingOf === undefined || contentType === undefined)) {
      return readBody(exchange, readingOf === undefined ? 0 : mostBodyBytes).then((refusal) => {
        if (readingOf === undefined) return refusal?.code === "body-too-large" ? unexpectedBody : refusal;
        if (refusal !== undefined) return refusal;
        return isEmpty(exchange) ? absent : refuse("media-type-unsupported", { detail: "no content type" });
      });
    }
    if (readingOf === undefined) return unexpectedBody;
    // A schema reads plain bytes. What it cannot read, the backend must not read alone.
    if (contentEncoding !== undefined && contentEncoding.toLowerCase() !== "identity") return refuse("body-encoding-unsupported", { detail: contentEncoding.slice(0, 40), headers: [["Accept-Encoding", "identity"]] });
    if (contentLength !== undefined && Number(contentLength) > mostBodyBytes) return refuse("body-too-large", { detail: `${contentLength} bytes` });
    const reading = readingOf(contentType);
    if (reading === "unsupported-media-type") return refuse("media-type-unsupported", { detail: contentType?.slice(0, 80) ?? "no content type" });
    if (reading.kind === "opaque") return rules.openBody?.(exchange, "opaque").refusal();
    return readBody(exchange, mostBodyBytes).then((refusal) => refusal ?? (isEmpty(exchange) ? absent : checkBody(exchange, reading, rules)));
  };
}

function isEmpty(exchange: JourneyExchange): boolean {
  exchange.bodyAbsent = exchange.bodyBytes === undefined || exchange.bodyBytes.length === 0;
  return exchange.bodyAbsent;
}

function checkBody(exchange: JourneyExchange, reading: BodyReading, { openBody }: ValidateRules): Refusal | undefined {
  const bytes = exchange.bodyBytes as Buffer;
  if (openBody === undefined) {
    const outcome = reading.check(bytes);
    exchange.body = outcome.value;
    return outcome.refusal;
  }
  const { open, refusal: notOpened } = openBody(exchange, reading.kind);
  let sent: unknown;
  const outcome = reading.check(bytes, (value) => {
    sent = value;
    return open(value);
  });
  exchange.body = outcome.value;
  // The backend gets the ids, and every other byte's value as it was sent.
  if (sent !== undefined && sent !== outcome.value) exchange.bodyBytes = reading.kind === "form" ? rewriteForm(bytes, sent as Record<string, unknown>, outcome.value as Record<string, unknown>) : serializeExactly(bytes, outcome.value, open);
  return notOpened() ?? outcome.refusal;
}
