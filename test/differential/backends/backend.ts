import { once } from "node:events";
import type { Server } from "node:http";
import type { AddressInfo } from "node:net";

/** A program that implements the document and says what it has understood. */
export interface Backend {
  readonly target: string;
  close(): Promise<void>;
}

export async function listening(server: Server): Promise<Backend> {
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  return {
    target: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    async close() {
      server.closeAllConnections();
      server.close();
      await once(server, "close");
    },
  };
}
