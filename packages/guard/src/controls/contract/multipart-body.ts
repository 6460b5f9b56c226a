import { readPart } from "./multipart-part.ts";

/** One part of a multipart/form-data body (RFC 7578). */
export interface Part {
  readonly name: string;
  readonly filename: string | undefined;
  /** In its one spelling. */
  readonly contentType: string | undefined;
  readonly bytes: Buffer;
  /** Whether its fields are written as the gate would write them. */
  readonly plain: boolean;
}

export interface Multipart {
  readonly parts: readonly Part[];
  /** Whether every program finds these parts and no others in the bytes as they are. */
  readonly plain: boolean;
}

const mostParts = 200;
const mostPartHeaderBytes = 4096;
const boundaryForm = /^[A-Za-z0-9'()+_,\-./:=?]{1,70}$/;
/** A boundary that needs no quotes in the Content-Type field. */
const plainBoundary = /^[A-Za-z0-9'+_\-.]{1,70}$/;
const crlf = Buffer.from("\r\n");
const headerEnd = Buffer.from("\r\n\r\n");

/**
 * Splits a body at its boundary in the one way RFC 2046 writes it. Parsers differ in what they
 * forgive (bare line feeds, text before the first boundary, a field sent twice), and a file hidden
 * in such a difference would be a file no check has seen: all of it is refused. A string says why.
 */
export function readMultipart(bytes: Buffer, boundary: string | undefined): Multipart | string {
  if (boundary === undefined || !boundaryForm.test(boundary))
    return "the boundary is missing or malformed";
  const open = Buffer.from(`--${boundary}`);
  // The line end before a boundary is a part of it: some libraries write it before the first, too.
  const from = bytes.subarray(0, crlf.length).equals(crlf) ? crlf.length : 0;
  const behind = from + open.length;
  if (!bytes.subarray(from, behind).equals(open)) return "it does not begin with its boundary";
  const parts = splitParts(bytes, boundary, behind);
  if (typeof parts === "string") return parts;
  const plain =
    from === 0 &&
    plainBoundary.test(boundary) &&
    parts.every((part) => part.plain) &&
    !occursMore(bytes, open, parts.length + 1);
  return { parts, plain };
}

function splitParts(bytes: Buffer, boundary: string, from: number): Part[] | string {
  const delimiter = Buffer.from(`\r\n--${boundary}`);
  const parts: Part[] = [];
  let at = from;
  while (!isLast(bytes, at)) {
    if (parts.length >= mostParts) return `it has more than ${mostParts} parts`;
    const end = bytes.indexOf(delimiter, at);
    const part = partBetween(bytes, at, end);
    if (typeof part === "string") return part;
    parts.push(part);
    at = end + delimiter.length;
  }
  const rest = bytes.subarray(at + 2);
  return rest.length === 0 || rest.equals(crlf) ? parts : "something follows its last boundary";
}

const isLast = (bytes: Buffer, at: number): boolean => bytes[at] === 0x2d && bytes[at + 1] === 0x2d;

function partBetween(bytes: Buffer, at: number, end: number): Part | string {
  if (bytes[at] !== 0x0d || bytes[at + 1] !== 0x0a)
    return "a boundary is not followed by a line end";
  if (end === -1) return "its last boundary is missing";
  const head = bytes.indexOf(headerEnd, at);
  if (head === -1 || head > end || head - at > mostPartHeaderBytes)
    return "a part has no end of its fields";
  const from = head + headerEnd.length;
  return readPart(
    bytes.toString("latin1", at + 2, head),
    bytes.subarray(from, Math.max(end, from)),
  );
}

/**
 * Whether the text of the boundary occurs more often. Programs that accept a bare line feed as a
 * line end would find a boundary even within a part.
 */
function occursMore(bytes: Buffer, text: Buffer, often: number): boolean {
  let count = 0;
  for (let at = bytes.indexOf(text); at !== -1; at = bytes.indexOf(text, at + 1)) {
    count += 1;
    if (count > often) return true;
  }
  return false;
}
