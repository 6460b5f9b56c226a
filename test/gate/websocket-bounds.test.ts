import assert from "node:assert/strict";
import { once } from "node:events";
import { after, test } from "node:test";
import type { WebSocket } from "ws";
import { bearer, identity, type SocketGate, startSocketGate, tokenFor } from "./socket-gate.ts";

const gates: SocketGate[] = [];
after(() => Promise.all(gates.map((gate) => gate.close())));
async function start(...given: Parameters<typeof startSocketGate>): Promise<SocketGate> {
  const gate = await startSocketGate(...given);
  gates.push(gate);
  return gate;
}

/** Code and reason by which a connection was closed. */
const closed = async (socket: WebSocket): Promise<string> => {
  const [code, reason] = (await once(socket, "close", {
    signal: AbortSignal.timeout(5000),
  })) as [number, Buffer];
  return `${code} ${reason.toString()}`;
};

/** A header that declares so many bytes, masked, as a client sends it. */
function declares(bytes: number): Buffer {
  const header = Buffer.alloc(14);
  header.writeUInt8(0x82, 0);
  header.writeUInt8(0xff, 1);
  header.writeBigUInt64BE(BigInt(bytes), 2);
  return header;
}

test("a frame that declares more than a message may hold is refused before its bytes are read", async () => {
  let arrived = 0;
  const gate = await start({
    onBare: (socket) => socket.on("data", (chunk: Buffer) => (arrived += chunk.length)),
  });
  const { rest, socket } = await gate.openBare("/bare");
  socket.write(declares(256 * 1_048_576));
  const answer = await Promise.race([
    rest,
    new Promise<undefined>((resolve) => setTimeout(() => resolve(undefined), 3000)),
  ]);
  assert.equal(answer?.readUInt16BE(2), 1009);
  assert.ok(arrived < 100, `${arrived} bytes reached the backend`);
});

test("an expired token ends its WebSocket, with its code as the reason", async () => {
  const gate = await start({ policy: identity });
  const socket = await gate.open("/mine", bearer(tokenFor("ann", 1)));
  assert.equal(await closed(socket), "1008 token-expired");
});

test("one caller holds so many WebSockets and no more, and may open another when one has closed", async () => {
  const gate = await start({ policy: identity });
  const ann = bearer(tokenFor("ann"));
  const opened: WebSocket[] = [];
  for (let count = 0; count < 8; count += 1) opened.push(await gate.open("/mine", ann));
  await assert.rejects(gate.open("/mine", ann), /429/);
  await gate.open("/mine", bearer(tokenFor("ben")));
  opened[0]?.close();
  await once(opened[0] as WebSocket, "close");
  await gate.open("/mine", ann);
  await assert.rejects(gate.open("/mine", ann), /429/);
});
