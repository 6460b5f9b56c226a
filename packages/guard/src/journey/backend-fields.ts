import type { AskingFacts } from "../controls/compile-context.ts";
import type { Arrival } from "../facts/arrival.ts";
import { type Caller, handOf } from "../facts/caller.ts";
import { ofOneRequest } from "../facts/header-fields.ts";
import { networkOf } from "../reading/network.ts";
import { childTraceparent } from "../facts/trace.ts";

/** Signs who the caller is for the backend; undefined where nobody signed in. */
export type IdentityAssertion = (known: {
  readonly caller: Caller | undefined;
  readonly receivedAtMs: number;
}) => string | undefined;

/** How backends are told of the request, whatever it asks. */
export interface Telling {
  readonly assertIdentity: IdentityAssertion | undefined;
  /** The Host field: `keep` the caller's, the backend's own `target`, or a name. */
  readonly host: string;
}

/** Says to the backend who calls, from where, and in which trace. The only place that does. */
export function sayWhoCalls(
  headers: string[],
  known: AskingFacts,
  { assertIdentity, host }: Telling,
): void {
  const { address, scheme, traceId } = known;
  sayHost(headers, known.host, host);
  headers.push(
    "X-Forwarded-For",
    address,
    "X-Forwarded-Proto",
    scheme,
    "traceparent",
    childTraceparent(traceId),
  );
  const identity = assertIdentity?.(known);
  if (identity !== undefined) headers.push("Portcullis-Identity", identity);
}

/** Without a Host field, the connection to the backend says its own. */
function sayHost(headers: string[], asked: string | undefined, setting: string): void {
  const told = setting === "keep" ? asked : setting === "target" ? undefined : setting;
  if (told !== undefined) headers.push("Host", told);
  if (setting !== "keep" && asked !== undefined) headers.push("X-Forwarded-Host", asked);
}

/** The certificate of the connection, for the built-in issuer alone: the connection ends here. */
export function sayCertificate(headers: string[], { clientCertificate }: Arrival): void {
  const certificate = clientCertificate?.();
  if (certificate !== undefined) headers.push("Portcullis-Client-Certificate", certificate.encoded);
}

/**
 * Who asks, for the places at the backends: the gate's own questions in a caller's name count as
 * that caller's; those of somebody who acts for many, as that one's.
 */
export const callerOf = ({ address, caller }: AskingFacts): string =>
  caller === undefined ? networkOf(address) : handOf(caller).key;

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
/** Fields that ask for a part of an answer only. A part cannot be judged. */
const partial: ReadonlySet<string> = new Set(["range", "if-range"]);
/** Most names are told apart from all of those by their length. */
const lengthsNotPlain: ReadonlySet<number> = new Set(
  ["accept-encoding", ...conditional, ...partial].map(({ length }) => length),
);

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
    const sent = headers[index] as string;
    if (!lengthsNotPlain.has(sent.length)) continue;
    const name = sent.toLowerCase();
    if (name === "accept-encoding" || partial.has(name) || (whole && conditional.has(name)))
      headers.splice(index, 2);
  }
  headers.push("Accept-Encoding", "identity");
}
