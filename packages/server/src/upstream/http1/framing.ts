import { mostLengthDigits } from "./bounds.ts";

/** Where a body ends: nowhere, as there is none; after so many bytes; with its last chunk; with the connection. */
export type Framing =
  | { readonly ends: "at once" | "by chunks" | "with the connection" }
  | { readonly ends: "by length"; readonly length: number };

export interface ReadFraming {
  framing: Framing;
  /** Whether the connection can carry another answer behind this one. */
  reusable: boolean;
  /** How long the backend keeps an idle connection, in seconds, where it says so. */
  keepSeconds: number | undefined;
}

export interface FramedHead {
  readonly status: number;
  readonly minor: number;
  readonly fields: readonly string[];
}

const none: Framing = { ends: "at once" };
const chunked: Framing = { ends: "by chunks" };
const untilClosed: Framing = { ends: "with the connection" };

const closes = /(?:^|,)[ \t]*close[ \t]*(?:,|$)/i;
const keepTimeout = /(?:^|[,;])[ \t]*timeout[ \t]*=[ \t]*(\d{1,6})[ \t]*(?:[,;]|$)/i;

/** What an answer's fields say of its frame. */
interface Said {
  length: string | undefined;
  coding: string | undefined;
  closes: boolean;
  keepSeconds: number | undefined;
}

/**
 * Where the body of an answer ends (RFC 9112 section 6.3), said in one way or not at all: two
 * readers that chose differently among two ways would disagree where the next answer begins.
 *
 * @returns a text that says why it cannot be told
 */
export function readFraming(head: FramedHead, isHead: boolean): ReadFraming | string {
  const said = readSaid(head.fields);
  if (typeof said === "string") return said;
  const { coding, keepSeconds, length } = said;
  if (coding !== undefined && head.minor === 0) return "Transfer-Encoding in HTTP/1.0";
  if (coding !== undefined && coding.toLowerCase() !== "chunked")
    return "a Transfer-Encoding other than chunked";
  if (coding !== undefined && length !== undefined)
    return "both Transfer-Encoding and Content-Length";
  const isBodyless = isHead || head.status === 204 || head.status === 304;
  const framing = isBodyless ? none : framingOf(said);
  if (framing === undefined) return "a Content-Length that is no number of bytes";
  // What a 204 must not say (RFC 9110 section 8.6) somebody could take for a body.
  const isDoubtful = head.status === 204 && (coding !== undefined || Number(length ?? 0) !== 0);
  const reusable = head.minor === 1 && !said.closes && !isDoubtful && framing !== untilClosed;
  return { framing, reusable, keepSeconds };
}

function framingOf({ coding, length }: Said): Framing | undefined {
  if (coding !== undefined) return chunked;
  if (length === undefined) return untilClosed;
  const bytes = lengthOf(length);
  if (bytes === undefined) return undefined;
  return bytes === 0 ? none : { ends: "by length", length: bytes };
}

/** Undefined where it is no number of bytes (RFC 9110 section 8.6): digits alone. */
export function lengthOf(text: string): number | undefined {
  if (text.length === 0 || text.length > mostLengthDigits) return undefined;
  let bytes = 0;
  for (let at = 0; at < text.length; at += 1) {
    const digit = text.charCodeAt(at) - 48;
    if (digit < 0 || digit > 9) return undefined;
    bytes = bytes * 10 + digit;
  }
  return bytes;
}

/** Names are told apart by their length first: few fields are looked at. */
function readSaid(fields: readonly string[]): Said | string {
  const said: Said = {
    length: undefined,
    coding: undefined,
    closes: false,
    keepSeconds: undefined,
  };
  for (let index = 0; index < fields.length; index += 2) {
    const name = fields[index] as string;
    if (name.length !== 10 && name.length !== 14 && name.length !== 17) continue;
    const value = fields[index + 1] as string;
    const fault = note(said, name.toLowerCase(), value);
    if (fault !== undefined) return fault;
  }
  return said;
}

function note(said: Said, name: string, value: string): string | undefined {
  if (name === "content-length") {
    if (said.length !== undefined) return "more than one Content-Length";
    if (lengthOf(value) === undefined) return "a Content-Length that is no number of bytes";
    said.length = value;
  } else if (name === "transfer-encoding") {
    if (said.coding !== undefined) return "more than one Transfer-Encoding";
    said.coding = value;
  } else if (name === "connection") said.closes ||= closes.test(value);
  else if (name === "keep-alive") {
    const seconds = keepTimeout.exec(value)?.[1];
    if (seconds !== undefined) said.keepSeconds = Number(seconds);
  }
  return undefined;
}
