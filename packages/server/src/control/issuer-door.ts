import { mkdtempSync } from "node:fs";
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import { tmpdir } from "node:os";
import { join } from "node:path";

/** What answers requests for the issuer's endpoints and sign-in pages. */
export interface Answering {
  answer(request: IncomingMessage, response: ServerResponse): Promise<void>;
}

let socketDirectory: string | undefined;

/**
 * Where the gate threads reach the issuer: a socket in a folder that only this user may enter, new
 * at every start.
 */
export function issuerSocket(): string {
  socketDirectory ??= mkdtempSync(join(tmpdir(), "portcullis-"));
  return join(socketDirectory, "issuer.sock");
}

/**
 * Listens on the socket and passes each request to the issuer that serves at that moment.
 *
 * @param say is told of requests that could not be answered; their callers get 500
 */
export function openIssuerDoor(
  path: string,
  current: () => Answering,
  say: (message: string) => void,
): Promise<{ close(): Promise<void> }> {
  const server = createServer(
    { requestTimeout: 30_000, keepAliveTimeout: 60_000 },
    (request, response) => {
      current()
        .answer(request, response)
        .catch((fault: unknown) => {
          say(`sign-in: ${(fault as Error).message}`);
          if (!response.headersSent)
            response.writeHead(500, {
              "Content-Type": "application/json",
              "Cache-Control": "no-store",
            });
          response.end('{"error":"server_error"}');
        });
    },
  );
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
