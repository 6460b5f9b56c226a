import { problemDocument, refuse } from "@portcullis/guard/problems";
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { protocolProblems } from "@portcullis/guard/problems";

export interface CleartextPort {
  readonly port: number;
  close(): Promise<void>;
}

/**
 * A port that serves nothing without encryption. It exists so that a request sent there by mistake
 * is seen and counted rather than lost; a redirect is for browsers only, because a token sent in
 * the clear has already been read.
 */
export function openCleartextPort(options: {
  readonly host: string;
  readonly port: number;
  readonly answer: "refuse" | "redirect";
  readonly publicUrl: string | undefined;
  readonly count: () => void;
}): Promise<CleartextPort> {
  const { answer, count, host, port, publicUrl } = options;
  const refusal = refuse(protocolProblems["cleartext-refused"]);
  const server = createServer(
    { maxHeaderSize: 8192, requestTimeout: 5000, headersTimeout: 5000, keepAliveTimeout: 1000 },
    (request: IncomingMessage, response: ServerResponse) => {
      count();
      request.resume();
      const safe = request.method === "GET" || request.method === "HEAD";
      if (
        answer === "redirect" &&
        publicUrl !== undefined &&
        safe &&
        request.headers.authorization === undefined &&
        request.headers.cookie === undefined
      ) {
        const path =
          (request.url ?? "/").startsWith("/") && !(request.url ?? "").startsWith("//")
            ? request.url
            : "/";
        response
          .writeHead(308, {
            Location: `${publicUrl.replace(/\/$/, "")}${path}`,
            "Content-Length": "0",
            "X-Content-Type-Options": "nosniff",
            Connection: "close",
          })
          .end();
        return;
      }
      const body = problemDocument(refusal, "0".repeat(32));
      response
        .writeHead(403, {
          "Content-Type": "application/problem+json",
          "Content-Length": Buffer.byteLength(body),
          "X-Content-Type-Options": "nosniff",
          Connection: "close",
        })
        .end(body);
    },
  );
  server.on("clientError", (_fault, socket) => socket.destroy());
  return new Promise((resolve, reject) => {
    server.once("error", reject);
    server.listen({ host, port }, () => {
      resolve({
        port: (server.address() as AddressInfo).port,
        close: () =>
          new Promise((done) => {
            server.close(() => done());
            server.closeAllConnections();
          }),
      });
    });
  });
}
