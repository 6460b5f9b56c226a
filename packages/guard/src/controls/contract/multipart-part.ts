import { isAscii } from "node:buffer";
import { readMediaType } from "../../reading/media-type.ts";
import { writeMediaType } from "../../reading/write-media-type.ts";
import type { Part } from "./multipart-body.ts";
import { readDisposition } from "./part-disposition.ts";

interface Fields {
  readonly disposition: string;
  readonly contentType: string | undefined;
}

/**
 * Reads one part of a multipart body. @param head its fields, a byte a character
 *
 * @returns why not, where programs differ about it
 */
export function readPart(head: string, bytes: Buffer): Part | string {
  const fields = readFields(head);
  if (typeof fields === "string") return fields;
  const names = readDisposition(fields.disposition);
  if (typeof names === "string") return names;
  const contentType = readType(fields.contentType, bytes);
  if (typeof contentType === "object") return contentType.fault;
  const plain = head === writePartHead({ ...names, contentType });
  return { ...names, contentType, bytes, plain };
}

/** The fields of a part in their one spelling, a byte a character. */
export function writePartHead({
  contentType,
  filename,
  name,
}: Pick<Part, "name" | "filename" | "contentType">): string {
  const file = filename === undefined ? "" : `; filename="${filename}"`;
  const disposition = `Content-Disposition: form-data; name="${name}"${file}`;
  const text =
    contentType === undefined ? disposition : `${disposition}\r\nContent-Type: ${contentType}`;
  return Buffer.from(text).toString("latin1");
}

function readFields(head: string): Fields | string {
  const found = new Map<string, string>();
  for (const line of head.split("\r\n")) {
    const match = /^([A-Za-z0-9-]+):[ \t]*([^\r\n\u0000]*)$/.exec(line);
    if (match === null) return "a part's field is malformed";
    const name = (match[1] as string).toLowerCase();
    if (found.has(name)) return "a part has a field twice";
    found.set(name, (match[2] as string).trim());
  }
  const encoding = found.get("content-transfer-encoding");
  if (encoding !== undefined && !/^(7bit|8bit|binary)$/i.test(encoding))
    return "a part is encoded in transfer";
  const disposition = found.get("content-disposition");
  if (disposition === undefined) return "a part has no disposition";
  return { disposition, contentType: found.get("content-type") };
}

/**
 * Parts within a part, and other charsets, are read by some programs and not by others. ASCII is the
 * same in ISO 8859-1, which some libraries say of every text.
 */
function readType(
  sent: string | undefined,
  bytes: Buffer,
): string | undefined | { readonly fault: string } {
  if (sent === undefined) return undefined;
  const type = readMediaType(sent);
  if (type === undefined) return { fault: "a part's content type is malformed" };
  if (type.type === "multipart" || type.type === "message")
    return { fault: "a part holds parts of its own" };
  const charset = type.parameters.get("charset");
  if (charset === undefined || /^(?:utf-?8|us-ascii)$/i.test(charset)) return writeMediaType(type);
  if (!/^iso-8859-1$/i.test(charset) || !isAscii(bytes))
    return { fault: "a part is in another charset than UTF-8" };
  const others = [...type.parameters].filter(([name]) => name !== "charset");
  return writeMediaType({ ...type, parameters: new Map(others) });
}
