/** One part of a multipart/form-data body (RFC 7578). */
export interface Part {
  readonly name: string;
  readonly filename: string | undefined;
  readonly contentType: string | undefined;
  readonly bytes: Buffer;
}

const mostParts = 200;
const mostPartHeaderBytes = 4096;
const boundaryForm = /^[A-Za-z0-9'()+_,\-./:=?]{1,70}$/;
const crlf = Buffer.from("\r\n");
const headerEnd = Buffer.from("\r\n\r\n");

/**
 * Splits a body at its boundary in the one way RFC 2046 writes it. Parsers differ in what they
 * forgive (bare line feeds, text before the first boundary, a field sent twice), and a file hidden
 * in such a difference would be a file no check has seen: all of it is refused. A string says why.
 */
export function readMultipart(bytes: Buffer, boundary: string | undefined): Part[] | string {
  if (boundary === undefined || !boundaryForm.test(boundary))
    return "the boundary is missing or malformed";
  const open = Buffer.from(`--${boundary}`);
  const delimiter = Buffer.from(`\r\n--${boundary}`);
  if (!bytes.subarray(0, open.length).equals(open)) return "it does not begin with its boundary";
  const parts: Part[] = [];
  let at = open.length;
  for (;;) {
    if (bytes[at] === 0x2d && bytes[at + 1] === 0x2d) {
      const rest = bytes.subarray(at + 2);
      return rest.length === 0 || rest.equals(crlf) ? parts : "something follows its last boundary";
    }
    if (bytes[at] !== 0x0d || bytes[at + 1] !== 0x0a)
      return "a boundary is not followed by a line end";
    if (parts.length >= mostParts) return `it has more than ${mostParts} parts`;
    const end = bytes.indexOf(delimiter, at);
    if (end === -1) return "its last boundary is missing";
    const head = bytes.indexOf(headerEnd, at);
    if (head === -1 || head > end || head - at > mostPartHeaderBytes)
      return "a part has no end of its fields";
    const part = readPart(
      bytes.toString("latin1", at + 2, head),
      bytes.subarray(head + headerEnd.length, Math.max(end, head + headerEnd.length)),
    );
    if (typeof part === "string") return part;
    parts.push(part);
    at = end + delimiter.length;
  }
}

function readPart(head: string, bytes: Buffer): Part | string {
  let disposition: string | undefined;
  let contentType: string | undefined;
  for (const line of head.split("\r\n")) {
    const match = /^([A-Za-z0-9-]+):[ \t]*([^\r\n\u0000]*)$/.exec(line);
    if (match === null) return "a part's field is malformed";
    const name = (match[1] as string).toLowerCase();
    const value = (match[2] as string).trim();
    if (name === "content-disposition") {
      if (disposition !== undefined) return "a part has two dispositions";
      disposition = value;
    } else if (name === "content-type") {
      if (contentType !== undefined) return "a part has two content types";
      contentType = value;
    } else if (name === "content-transfer-encoding" && !/^(7bit|8bit|binary)$/i.test(value))
      return "a part is encoded in transfer";
  }
  if (disposition === undefined) return "a part has no disposition";
  const match = /^form-data;\s*name="([^"\\]{1,200})"(?:;\s*filename="([^"\\]{0,255})")?\s*$/.exec(
    disposition,
  );
  if (match === null) return "a part's disposition is not name and filename, each quoted and once";
  const filename = match[2] === undefined ? undefined : Buffer.from(match[2], "latin1").toString();
  if (
    filename !== undefined &&
    (/[/\\\u0000-\u001f]/.test(filename) || filename === ".." || filename === ".")
  )
    return "a file's name is a path";
  return {
    name: Buffer.from(match[1] as string, "latin1").toString(),
    filename,
    contentType,
    bytes,
  };
}
