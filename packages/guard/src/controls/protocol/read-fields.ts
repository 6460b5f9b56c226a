import type { Arrival } from "../../facts/arrival.ts";
import { type HeaderFields, headerProblems } from "../../facts/header-fields.ts";
import { refuse, type Refusal } from "../../facts/refusal.ts";
import { type HeaderAction, headerActions, isLookAlike } from "./header-actions.ts";
import { problems } from "./problems.ts";

/** More header fields than any app sends; each one more costs every later reader. */
export const mostHeaderFields = 100;

interface Reading {
  readonly arrival: Arrival;
  readonly fields: HeaderFields;
  readonly forwardFields: string[];
}

const malformed = (detail: string): Refusal =>
  refuse(headerProblems["header-malformed"], { detail });
const sentTwice = (name: string): Refusal => malformed(`the field ${name} was sent twice`);

/**
 * Reads every header field once: what controls ask for is kept as a fact, what goes on to the
 * backend is gathered, and what could be read in two ways is refused.
 */
export function readFields(reading: Reading): Refusal | undefined {
  const { arrival, fields, forwardFields } = reading;
  const { rawHeaders } = arrival;
  if (rawHeaders.length > mostHeaderFields * 2)
    return refuse(problems["headers-too-large"], { detail: `${rawHeaders.length / 2} fields` });
  const singles: string[] = [];
  let connection = "";
  for (let index = 0; index < rawHeaders.length; index += 2) {
    const sentName = rawHeaders[index] as string;
    const value = rawHeaders[index + 1] as string;
    // HTTP/2 pseudo fields: the door has read them.
    if (sentName.charCodeAt(0) === 0x3a) continue;
    const name = sentName.toLowerCase();
    const action = headerActions.get(name);
    if (action === undefined) {
      if (isLookAlike(name))
        return malformed(
          `the field ${JSON.stringify(sentName)} reads like one that only the gate may send`,
        );
      forwardFields.push(sentName, value);
      continue;
    }
    if (!keep(action, name, value, fields, singles)) return sentTwice(sentName);
    if (name === "connection") connection += `,${value}`;
    if (action.forward) forwardFields.push(sentName, value);
  }
  if (fields.contentLength !== undefined && fields.transferEncoding !== undefined)
    return refuse(problems["framing-ambiguous"], {
      detail: "Content-Length and Transfer-Encoding together",
    });
  return connection === "" ? undefined : dropNamed(forwardFields, connection);
}

/** False when the field was sent before and may be sent once only. */
function keep(
  { fact, join, single }: HeaderAction,
  name: string,
  value: string,
  fields: HeaderFields,
  singles: string[],
): boolean {
  if (fact !== undefined) {
    const before = fields[fact];
    if (before !== undefined && join === undefined) return false;
    fields[fact] = before === undefined ? value : `${before}${join}${value}`;
  } else if (single === true) {
    if (singles.includes(name)) return false;
    singles.push(name);
  }
  return true;
}

/** Names that Connection may hold: they speak of the connection itself. */
const ofTheConnection: ReadonlySet<string> = new Set([
  "",
  "close",
  "keep-alive",
  "upgrade",
  "te",
  "http2-settings",
]);

/**
 * `Connection: x` makes x a field of this hop. Naming one that a control relies on would delete it
 * on the way to the backend: an attack.
 */
function dropNamed(forwardFields: string[], connection: string): Refusal | undefined {
  for (const part of connection.split(",")) {
    const name = part.trim().toLowerCase();
    if (ofTheConnection.has(name)) continue;
    if (headerActions.get(name)?.forward === true)
      return malformed(`Connection names ${name}, which is not a field of one connection`);
    for (let index = forwardFields.length - 2; index >= 0; index -= 2)
      if ((forwardFields[index] as string).toLowerCase() === name) forwardFields.splice(index, 2);
  }
  return undefined;
}
