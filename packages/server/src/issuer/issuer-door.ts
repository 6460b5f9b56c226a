import { createServer } from "node:http";
import type { Issuer } from "./issuer.ts";

/** The socket on which the gate threads reach the issuer, whichever serves just now. */
export function openIssuerDoor(path: string, current: () => Issuer, onTrouble: (message: string) => void): Promise<{ close(): Promise<void> }> {
  const server = createServer({ requestTimeout: 30_000, keepAliveTimeout: 60_000 }, (request, response) => {
    current()
      .answer(request, response)
      .catch((fault: unknown) => {
        onTrouble(`sign-in: ${(fault as Error).message}`);
        if (!response.headersSent) response.writeHead(500, { "Content-Type": "application/json", "Cache-Control": "no-store" });
        response.end('{"error":"server_error"}');
      });
  });
  return new Promise((resolve, reject) => {
    server.once("error", reject);
    server.listen(path, () => {
      server.off("error", reject);
      resolve({
        close: () =>
          new Promise((closed) => {
            server.close(() => closed());
            server.closeAllConnections();
          }),
      });
    });
  });
}
