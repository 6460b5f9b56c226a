import type { IncomingMessage, ServerResponse } from "node:http";
import { constants } from "node:http2";
import {
  problemDocument,
  type Problem,
  protocolProblems,
  refuse,
} from "@portcullis/guard/problems";
import type { AnyRequest, AnyResponse } from "./underway.ts";

/** Whose address a request of a trusted proxy counts under, by what the proxy has forwarded. */
export type ClientOf = (peerAddress: string, forwardedFor: string | undefined) => string;

const retryAfterSeconds = 1;
const crowded = refuse(protocolProblems["too-many-underway"], { retryAfterSeconds });

/**
 * A caller of whose address too many requests are underway. A stream is reset as one that nothing
 * was done about (RFC 9113 section 8.7), because an answer would wait for a window that who attacks
 * does not open.
 */
export function refuseCrowded(request: AnyRequest, response: AnyResponse): Problem {
  if ("stream" in response) response.stream.close(constants.NGHTTP2_REFUSED_STREAM);
  else answer(request as IncomingMessage, response);
  return crowded.problem;
}

function answer(request: IncomingMessage, response: ServerResponse): void {
  const body = problemDocument(crowded, "0".repeat(32));
  request.resume();
  response
    .writeHead(crowded.problem.status, {
      "Content-Type": "application/problem+json",
      "Content-Length": Buffer.byteLength(body),
      "Retry-After": String(retryAfterSeconds),
      "X-Content-Type-Options": "nosniff",
      Connection: "close",
    })
    .end(body);
}
