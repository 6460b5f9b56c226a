import type { Server, Socket } from "node:net";
import type { TLSSocket } from "node:tls";
import { readProxyHeader } from "./proxy-header.ts";

/** Whether an address is that of a proxy whose word is believed; asked anew for each connection. */
export type IsTrustedPeer = (peerAddress: string) => boolean;

/** A proxy sends its header at once. */
const headerTimeoutMs = 5000;

type ConnectionListener = (this: Server, socket: Socket) => void;

/**
 * Takes the PROXY header off connections of trusted proxies before TLS and HTTP see them; the
 * address in it is the peer's from then on. A connection of theirs without a well-formed header is
 * closed: nobody could tell whom it is for. From everybody else such a header is not believed, and
 * is no TLS and no HTTP either.
 */
export function readProxyHeaders(server: Server, isTrusted: IsTrustedPeer): void {
  const listeners = server.listeners("connection") as ConnectionListener[];
  const serve = (socket: Socket): void => {
    for (const listener of listeners) listener.call(server, socket);
  };
  const proxied = new Map<string, string>();
  server.removeAllListeners("connection");
  server.on("connection", (socket: Socket) => {
    if (!isTrusted(socket.remoteAddress ?? "")) {
      serve(socket);
      return;
    }
    takeHeader(socket, (address) => {
      if (address !== undefined) {
        const end = endOf(socket);
        proxied.set(end, address);
        socket.once("close", () => proxied.delete(end));
        namePeer(socket, address);
      }
      serve(socket);
    });
  });
  // The socket over TLS is another one, which knows the connection by its real end.
  server.prependListener("secureConnection", (socket: TLSSocket) => {
    const address = proxied.get(endOf(socket));
    if (address !== undefined) namePeer(socket, address);
  });
}

const endOf = ({ remoteAddress, remotePort }: Socket): string => `${remoteAddress} ${remotePort}`;

function namePeer(socket: Socket, address: string): void {
  Object.defineProperty(socket, "remoteAddress", { value: address, configurable: true });
}

/** Reads no byte more than the header into account; what follows is put back. */
function takeHeader(socket: Socket, taken: (address: string | undefined) => void): void {
  let bytes = Buffer.alloc(0);
  const close = (): void => void socket.destroy();
  const timer = setTimeout(close, headerTimeoutMs);
  const stop = (): void => {
    clearTimeout(timer);
    socket.off("readable", onReadable).off("error", close).off("end", close);
  };
  const onReadable = (): void => {
    for (;;) {
      const chunk = socket.read() as Buffer | null;
      if (chunk === null) return;
      bytes = Buffer.concat([bytes, chunk]);
      const header = readProxyHeader(bytes);
      if (header === "incomplete") continue;
      stop();
      if (header === "malformed") {
        close();
        return;
      }
      if (bytes.length > header.length) socket.unshift(bytes.subarray(header.length));
      taken(header.address);
      return;
    }
  };
  socket.on("readable", onReadable).once("error", close).once("end", close).once("close", stop);
}
