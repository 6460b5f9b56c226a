import { createServer, type Socket } from "node:net";
import type { AddressInfo } from "node:net";
import { type Random, seeded } from "../differential/random.ts";

// A backend in a process of its own that closes kept connections when it likes: at once, a little
// later, by an end or by a reset, and never says so before.
const ok = "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok";

function closeSome(socket: Socket, random: Random): void {
  if (!random.chance(8)) return;
  const close = (): void => {
    if (random.chance(2)) socket.resetAndDestroy();
    else socket.end();
  };
  if (random.chance(3)) setImmediate(close);
  else setTimeout(close, random.below(12));
}

const random = seeded(Number(process.argv[2]));
const server = createServer((socket) => {
  let seen = "";
  socket
    .on("error", () => socket.destroy())
    .on("data", (bytes) => {
      seen += bytes.toString("latin1");
      if (!seen.endsWith("\r\n\r\n")) return;
      seen = "";
      socket.write(ok);
      closeSome(socket, random);
    });
}).listen(0, "127.0.0.1", () => process.send?.((server.address() as AddressInfo).port));
