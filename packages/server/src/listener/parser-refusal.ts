import { problemDocument, refuse } from "@portcullis/guard/problems";
import type { Duplex } from "node:stream";
import { headerProblems, type Problem, protocolProblems } from "@portcullis/guard/problems";

const framing = protocolProblems["framing-ambiguous"];

/** What the HTTP parser's faults mean, by its codes. */
const meanings: Readonly<Record<string, Problem>> = {
  HPE_HEADER_OVERFLOW: protocolProblems["headers-too-large"],
  HPE_CHUNK_EXTENSIONS_OVERFLOW: framing,
  HPE_INVALID_CONTENT_LENGTH: framing,
  HPE_UNEXPECTED_CONTENT_LENGTH: framing,
  HPE_INVALID_TRANSFER_ENCODING: framing,
  HPE_INVALID_CHUNK_SIZE: framing,
  HPE_INVALID_METHOD: protocolProblems["method-unsupported"],
  HPE_INVALID_URL: protocolProblems["target-unsupported"],
  ERR_HTTP_REQUEST_TIMEOUT: protocolProblems["request-timeout"],
};

/**
 * What the HTTP parser refused, before there is a request to speak of: answered in the same form,
 * and the connection ends. Undefined where the connection is gone and nothing can be answered.
 */
export function refuseUnparsed(error: NodeJS.ErrnoException, socket: Duplex): Problem | undefined {
  if (error.code === "ECONNRESET" || !socket.writable) {
    socket.destroy();
    return undefined;
  }
  const problem = meanings[error.code ?? ""] ?? headerProblems["header-malformed"];
  const body = problemDocument(refuse(problem), "0".repeat(32));
  const head = [
    `HTTP/1.1 ${problem.status} Refused`,
    "Content-Type: application/problem+json",
    `Content-Length: ${Buffer.byteLength(body)}`,
    "X-Content-Type-Options: nosniff",
    "Connection: close",
  ];
  socket.end(`${head.join("\r\n")}\r\n\r\n${body}`);
  return problem;
}
