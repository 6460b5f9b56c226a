import type { AskingFacts } from "../controls/compile-context.ts";
import type { Arrival } from "../facts/arrival.ts";
import type { Caller } from "../facts/caller.ts";
import { ofOneRequest } from "../facts/header-fields.ts";
import { childTraceparent } from "../facts/trace.ts";

/** Signs who the caller is for the backend; undefined where nobody signed in. */
export type IdentityAssertion = (known: {
  readonly caller: Caller | undefined;
  readonly receivedAtMs: number;
}) => string | undefined;

/** Says to the backend who calls, from where, and in which trace. The only place that does. */
export function sayWhoCalls(
  headers: string[],
  known: AskingFacts,
  assertIdentity: IdentityAssertion | undefined,
): void {
  const { address, arrival, fields, traceId } = known;
  if (fields.host !== undefined) headers.push("Host", fields.host);
  headers.push(
    "X-Forwarded-For",
    address,
    "X-Forwarded-Proto",
    arrival.encrypted ? "https" : "http",
    "traceparent",
    childTraceparent(traceId),
  );
  const identity = assertIdentity?.(known);
  if (identity !== undefined) headers.push("Portcullis-Identity", identity);
}

/** The certificate of the connection, for the built-in issuer alone: the connection ends here. */
export function sayCertificate(headers: string[], { clientCertificate }: Arrival): void {
  const certificate = clientCertificate?.();
  if (certificate !== undefined) headers.push("Portcullis-Client-Certificate", certificate.encoded);
}

/** The caller's fields but for those that speak of its request's body and conditions. */
export function withoutRequestFields(forwardFields: readonly string[]): string[] {
  const headers: string[] = [];
  for (let index = 0; index < forwardFields.length; index += 2) {
    const name = forwardFields[index] as string;
    if (!ofOneRequest.has(name.toLowerCase()))
      headers.push(name, forwardFields[index + 1] as string);
  }
  return headers;
}

const conditional: ReadonlySet<string> = new Set([
  "if-none-match",
  "if-modified-since",
  "if-match",
  "if-unmodified-since",
]);
/** A part of an answer cannot be judged. */
const partial: ReadonlySet<string> = new Set(["range", "if-range"]);

/**
 * An answer that a control reads must arrive in plain bytes and not in parts; and where it must name
 * its owner, a 304 would tell of an object before anybody knows whose it is. The gate answers such
 * conditions itself. A write keeps its conditions: without If-Match, one update would be lost to
 * another.
 *
 * @param whole whether conditions are held back too
 */
export function askPlain(headers: string[], whole: boolean): void {
  for (let index = headers.length - 2; index >= 0; index -= 2) {
    const name = (headers[index] as string).toLowerCase();
    if (name === "accept-encoding" || partial.has(name) || (whole && conditional.has(name)))
      headers.splice(index, 2);
  }
  headers.push("Accept-Encoding", "identity");
}
