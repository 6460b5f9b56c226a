import { type AddressInfo, createServer } from "node:net";

/**
 * A port of 127.0.0.1 that nobody listens on. It is closed again when it is told: what is to listen
 * there must know its number before it begins.
 */
export function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const server = createServer();
    server.once("error", reject);
    server.listen(0, "127.0.0.1", () => {
      const { port } = server.address() as AddressInfo;
      server.close(() => resolve(port));
    });
  });
}
