import { isFieldValue, type UpstreamRequest } from "@portcullis/guard/upstream";
import { lengthOf } from "../http1/framing.ts";
import { isOfConnection, notInMethod, notInName, notInTarget } from "../http1/request-head.ts";

/** The head of a request, as node:http2 takes it. */
export interface StreamHead {
  /** Flat; pseudo fields first, names in lower case (RFC 9113 sections 8.2.1 and 8.3.1). */
  readonly fields: string[];
  /** What was said of the body's length. */
  readonly length: number | undefined;
  /** Why the request cannot be written; nothing of it is sent. */
  readonly fault?: string;
}

const grpc = /^application\/grpc(?:[+;]|$)/i;

/**
 * The head of a request over HTTP/2. Each part is looked at, whoever has written it, as it is for
 * HTTP/1.1: what a server behind this backend makes of it is a request over HTTP/1.1 again.
 *
 * @param host what `:authority` says where the request names none
 */
export function writeStreamHead(
  { body, headers, method, target }: UpstreamRequest,
  scheme: "http" | "https",
  host: string,
): StreamHead {
  if (method === "" || notInMethod.test(method)) return unwritable("a method that is none");
  if (target === "" || notInTarget.test(target)) return unwritable("a target that is none");
  const rest: string[] = [];
  let authority: string | undefined;
  let length: number | undefined;
  for (let index = 0; index < headers.length; index += 2) {
    const name = (headers[index] as string).toLowerCase();
    const value = (headers[index + 1] as string).trim();
    if (name === "" || notInName.test(name)) return unwritable("a field name that is none");
    if (!isFieldValue(value)) return unwritable(`a value that no field has (${name})`);
    if (isOfConnection(name)) return unwritable(`a field of the connection (${name})`);
    if (name === "host") {
      if (authority !== undefined) return unwritable("more than one Host");
      authority = value;
      continue;
    }
    if (name === "content-length") {
      if (length !== undefined || lengthOf(value) === undefined)
        return unwritable("a Content-Length that is not one");
      length = lengthOf(value);
    }
    // Servers of gRPC ask for it: what ends an answer of theirs stands in its trailers.
    if (name === "content-type" && grpc.test(value)) rest.push("te", "trailers");
    rest.push(name, value);
  }
  if (length !== undefined && !isLengthOf(body, length))
    return unwritable("a Content-Length that the body has not");
  return {
    fields: [
      ":method",
      method,
      ":scheme",
      scheme,
      ":authority",
      authority ?? host,
      ":path",
      target,
      ...rest,
    ],
    length,
  };
}

const unwritable = (fault: string): StreamHead => ({ fields: [], length: undefined, fault });

const isLengthOf = (body: UpstreamRequest["body"], length: number): boolean =>
  body === null ? length === 0 : !Buffer.isBuffer(body) || body.length === length;
