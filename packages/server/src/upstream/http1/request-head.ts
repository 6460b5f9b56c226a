import { isFieldValue, type UpstreamRequest } from "@portcullis/guard/upstream";
import { lengthOf } from "./framing.ts";

/** How the body of a request is framed. */
export type BodyFrame = "none" | "chunked" | { readonly length: number };

export interface WrittenHead {
  readonly text: string;
  readonly frame: BodyFrame;
  /** Why the request cannot be written; nothing of it is sent. */
  readonly fault?: string;
}

export const notInTarget = /[^\x21-\x7e\x80-\xff]/;
export const notInMethod = /[^A-Za-z-]/;
export const notInName = /[^!#$%&'*+\-.^_`|~0-9A-Za-z]/;

/** Methods of which a body is expected: none is said to be one of no bytes (RFC 9110 section 8.6). */
const bodyMethods: ReadonlySet<string> = new Set(["POST", "PUT", "PATCH", "QUERY"]);

/** Fields that belong to the connection: whoever has it writes them. */
const ofConnection: ReadonlySet<string> = new Set([
  "connection",
  "keep-alive",
  "transfer-encoding",
  "upgrade",
  "expect",
  "te",
  "trailer",
  "proxy-connection",
  "http2-settings",
]);
/** `te` to `transfer-encoding`: other lengths are none of those, and need no look. */
const lengthsOfConnection: ReadonlySet<number> = new Set(
  [...ofConnection].map((name) => name.length),
);
const lengthOfHost = 4;
const lengthOfContentLength = 14;

/**
 * The head of a request, as it is sent. Each part is looked at again, whoever has written it: one
 * line feed in a value would be another request.
 *
 * @param host what the Host field says where the request names none
 * @param upgrades whether the request asks to leave HTTP, and its fields may say so
 */
export function writeRequestHead(
  { body, headers, method, target }: UpstreamRequest,
  host: string,
  upgrades = false,
): WrittenHead {
  if (method === "" || notInMethod.test(method)) return unwritable("a method that is none");
  if (target === "" || notInTarget.test(target)) return unwritable("a target that is none");
  let lines = "";
  let named: string | undefined;
  let length: number | undefined;
  let [names, values] = ["", ""];
  for (let index = 0; index < headers.length; index += 2) {
    const name = headers[index] as string;
    const value = headers[index + 1] as string;
    if (name === "") return unwritable("a field name that is none");
    names += name;
    values += value;
    if (name.length === lengthOfHost && name.toLowerCase() === "host") {
      if (named !== undefined) return unwritable("more than one Host");
      named = value;
      continue;
    }
    if (name.length === lengthOfContentLength && name.toLowerCase() === "content-length") {
      if (length !== undefined || lengthOf(value) === undefined)
        return unwritable("a Content-Length that is not one");
      length = lengthOf(value);
      continue;
    }
    if (!upgrades && isOfConnection(name)) return unwritable(`a field of the connection (${name})`);
    lines += `${name}: ${value}\r\n`;
  }
  // All at once: looking at each costs more than looking.
  if (notInName.test(names)) return unwritable("a field name that is none");
  // Nor what latin1 does not have: it would become another byte, and U+010A a line feed.
  if (!isFieldValue(values)) return unwritable(`a value that no field has (${unsoundIn(headers)})`);
  const frame = frameOf(body, length);
  if (frame === undefined) return unwritable("a Content-Length that the body has not");
  const framing = framingLine(frame, method);
  return {
    text: `${method} ${target} HTTP/1.1\r\nHost: ${named ?? host}\r\n${lines}${framing}\r\n`,
    frame,
  };
}

function unsoundIn(headers: readonly string[]): string {
  for (let index = 0; index < headers.length; index += 2)
    if (!isFieldValue(headers[index + 1] as string)) return headers[index] as string;
  return "";
}

const unwritable = (fault: string): WrittenHead => ({ text: "", frame: "none", fault });

/** Whether a field of this name speaks of the connection, in whatever case. */
export const isOfConnection = (name: string): boolean =>
  lengthsOfConnection.has(name.length) && ofConnection.has(name.toLowerCase());

function frameOf(body: UpstreamRequest["body"], length: number | undefined): BodyFrame | undefined {
  if (body === null) return length === undefined || length === 0 ? "none" : undefined;
  if (Buffer.isBuffer(body))
    return length === undefined || length === body.length ? { length: body.length } : undefined;
  return length === undefined ? "chunked" : { length };
}

function framingLine(frame: BodyFrame, method: string): string {
  if (frame === "chunked") return "Transfer-Encoding: chunked\r\n";
  if (frame !== "none") return `Content-Length: ${frame.length}\r\n`;
  return bodyMethods.has(method) ? "Content-Length: 0\r\n" : "";
}
