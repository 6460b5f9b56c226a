import assert from "node:assert/strict";
import type { Duplex } from "node:stream";
import { after, before, test } from "node:test";
import { frame } from "./frames.ts";
import { type SocketGate, startSocketGate } from "./socket-gate.ts";

let gate: SocketGate;
let backend: Duplex;
before(async () => {
  gate = await startSocketGate({
    policy:
      'operations: [{ match: "*", websocket: { messages: 1000000/s } }]\nlimits: { admission: off }\n',
    onBare: (socket) => void (backend = socket),
  });
});
after(() => gate.close());

const pieceBytes = 65_536;
const pieces = 3200;
/** What the kernel holds on both connections, and the gate's own buffers. */
const mostTakenBytes = 32 * 1_048_576;

for (const from of ["backend", "caller"] as const)
  test(`200 MB of the ${from} wait for an end that does not read: the gate holds next to nothing`, async () => {
    const { socket } = await gate.openBare("/bare");
    const near: Duplex = from === "backend" ? backend : socket;
    const far: Duplex = from === "backend" ? socket : backend;
    socket.pause();
    socket.removeAllListeners("data");
    const piece = frame({
      opcode: 2,
      payload: Buffer.alloc(pieceBytes),
      masked: from === "caller",
    });
    let written = 0;
    const write = (): void => {
      while (written < pieces) {
        written += 1;
        if (!near.write(piece)) return;
      }
    };
    near.on("drain", write);
    write();
    // Until nothing has moved for a while.
    for (let moved = -1; moved !== written; ) {
      moved = written;
      await new Promise((resolve) => setTimeout(resolve, 300));
    }
    assert.ok(written * pieceBytes < mostTakenBytes, `${written * pieceBytes} bytes were taken`);
    let arrived = 0;
    const payload = pieces * pieceBytes;
    await new Promise<void>((resolve) =>
      far
        .on("data", (chunk: Buffer) => {
          arrived += chunk.length;
          if (arrived >= payload) resolve();
        })
        .resume(),
    );
    assert.equal(written, pieces);
    socket.destroy();
  });
