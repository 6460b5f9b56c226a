import { connect, createServer, type Socket } from "node:net";
import { type AddressInfo } from "node:net";
import type { TestContext } from "node:test";

/** A way to a server that can be made slow. */
export interface SlowProxy {
  readonly port: number;
  /** How long what the server says is on its way. */
  delayMs: number;
  /** What is said in place of what the server says; undefined: nothing is. */
  instead: string | undefined;
}

export async function openSlowProxy(to: number, context: TestContext): Promise<SlowProxy> {
  const sockets = new Set<Socket>();
  const proxy: SlowProxy & { port: number } = { port: 0, delayMs: 0, instead: undefined };
  const server = createServer((near) => {
    const far = connect(to, "127.0.0.1");
    for (const socket of [near, far]) {
      sockets.add(socket);
      socket.on("error", () => undefined);
      socket.on("close", () => {
        near.destroy();
        far.destroy();
      });
    }
    near.on("data", (part) => far.write(part));
    far.on("data", (said: Buffer) => {
      const part = proxy.instead === undefined ? said : Buffer.from(proxy.instead);
      if (proxy.delayMs === 0) near.write(part);
      else setTimeout(() => near.write(part), proxy.delayMs);
    });
  }).listen(0, "127.0.0.1");
  await new Promise((resolve) => server.once("listening", resolve));
  context.after(() => {
    for (const socket of sockets) socket.destroy();
    server.close();
  });
  proxy.port = (server.address() as AddressInfo).port;
  return proxy;
}
