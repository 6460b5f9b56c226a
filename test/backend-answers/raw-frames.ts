import { once } from "node:events";
import { createServer, type AddressInfo, type Socket } from "node:net";

/** Numbers of RFC 9113 section 6. */
export const frameTypes = {
  data: 0,
  headers: 1,
  reset: 3,
  settings: 4,
  ping: 6,
  goAway: 7,
} as const;
export const endStream = 1;
const endHeaders = 4;
const prefaceLength = 24;
const headLength = 9;

export function frame(type: number, flags: number, stream: number, payload: Buffer): Buffer {
  const head = Buffer.alloc(headLength);
  head.writeUIntBE(payload.length, 0, 3);
  head.writeUInt8(type, 3);
  head.writeUInt8(flags, 4);
  head.writeUInt32BE(stream, 5);
  return Buffer.concat([head, payload]);
}

const numbers = (...values: number[]): Buffer => {
  const bytes = Buffer.alloc(values.length * 4);
  values.forEach((value, index) => bytes.writeUInt32BE(value, index * 4));
  return bytes;
};

/** `:status: 200`, by the static table of HPACK. */
export const okHead = (stream: number, flags = 0): Buffer =>
  frame(frameTypes.headers, endHeaders | flags, stream, Buffer.from([0x88]));
export const data = (stream: number, text: string, flags = 0): Buffer =>
  frame(frameTypes.data, flags, stream, Buffer.from(text));
export const reset = (stream: number, code: number): Buffer =>
  frame(frameTypes.reset, 0, stream, numbers(code));
export const goAway = (lastStream: number, code: number): Buffer =>
  frame(frameTypes.goAway, 0, 0, numbers(lastStream, code));
const noSettings = frame(frameTypes.settings, 0, 0, Buffer.alloc(0));
const acknowledged = frame(frameTypes.settings, 1, 0, Buffer.alloc(0));

/** Called for each request, with the number of its stream and how many connections there were. */
export type AnswerFrames = (socket: Socket, stream: number, connections: number) => void;

/** A backend that answers in whatever frames a test says. */
export async function startFrameServer(
  answer: AnswerFrames,
): Promise<{ readonly url: string; close(): void }> {
  const sockets = new Set<Socket>();
  const server = createServer((socket) => {
    sockets.add(socket);
    const connections = sockets.size;
    let seen: Buffer = Buffer.alloc(0);
    let at = prefaceLength;
    socket
      .on("error", () => undefined)
      .on("data", (bytes: Buffer) => {
        seen = Buffer.concat([seen, bytes]);
        while (seen.length >= at + headLength) {
          const length = seen.readUIntBE(at, 3);
          const type = seen.readUInt8(at + 3);
          if (seen.length < at + headLength + length) return;
          const stream = seen.readUInt32BE(at + 5);
          if (type === frameTypes.settings && (seen.readUInt8(at + 4) & 1) === 0)
            socket.write(Buffer.concat([noSettings, acknowledged]));
          if (type === frameTypes.headers) answer(socket, stream, connections);
          at += headLength + length;
        }
      });
  });
  await once(server.listen(0, "127.0.0.1"), "listening");
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    close() {
      for (const socket of sockets) socket.destroy();
      server.close();
    },
  };
}
