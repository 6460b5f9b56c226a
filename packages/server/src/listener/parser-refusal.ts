import type { Duplex } from "node:stream";
import { problemDocument } from "@portcullis/guard/problem-document";
import { refuse, rowOf } from "@portcullis/guard/refusal";
import type { ProblemCode } from "@portcullis/guard/problem-catalog";

const codes: Readonly<Record<string, ProblemCode>> = {
  HPE_HEADER_OVERFLOW: "headers-too-large",
  HPE_CHUNK_EXTENSIONS_OVERFLOW: "framing-ambiguous",
  HPE_INVALID_CONTENT_LENGTH: "framing-ambiguous",
  HPE_UNEXPECTED_CONTENT_LENGTH: "framing-ambiguous",
  HPE_INVALID_TRANSFER_ENCODING: "framing-ambiguous",
  HPE_INVALID_CHUNK_SIZE: "framing-ambiguous",
  HPE_INVALID_METHOD: "method-unsupported",
  HPE_INVALID_URL: "target-unsupported",
  ERR_HTTP_REQUEST_TIMEOUT: "request-timeout",
};

/** What the HTTP parser refused, before there is a request to speak of: answered in the same form, and the connection ends. */
export function refuseUnparsed(error: NodeJS.ErrnoException, socket: Duplex): ProblemCode | undefined {
  if (error.code === "ECONNRESET" || !socket.writable) {
    socket.destroy();
    return undefined;
  }
  const refusal = refuse(codes[error.code ?? ""] ?? "header-malformed");
  const row = rowOf(refusal);
  const body = problemDocument(refusal, "0".repeat(32));
  socket.end(`HTTP/1.1 ${row.status} Refused\r\nContent-Type: application/problem+json\r\nContent-Length: ${Buffer.byteLength(body)}\r\nConnection: close\r\n\r\n${body}`);
  return refusal.code;
}
