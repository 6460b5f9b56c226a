import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { WebSocket } from "ws";
import { type EdgeGate, startEdgeGate } from "./edge-gate.ts";

let edge: EdgeGate;
before(async () => {
  edge = await startEdgeGate();
});
after(() => edge.close());

test("a WebSocket passes the journey, and then its bytes both ways", async () => {
  const open = (path: string): Promise<WebSocket> =>
    new Promise((resolve, reject) => {
      const socket = new WebSocket(`wss://localhost:${edge.gate.port}${path}`, {
        ca: edge.certificate,
      });
      socket.once("open", () => resolve(socket)).once("error", reject);
    });
  const socket = await open("/live");
  const echoed = new Promise((resolve) =>
    socket.once("message", (data) => resolve((data as Buffer).toString())),
  );
  socket.send("hello");
  assert.equal(await echoed, "hello");
  const large = new Promise((resolve) =>
    socket.once("message", (data) => resolve((data as Buffer).length)),
  );
  socket.send(Buffer.alloc(1_000_000, 7));
  assert.equal(await large, 1_000_000);
  socket.close();
  await assert.rejects(open("/live?refuse=1"), /403/);
  await assert.rejects(open("/live?undeclared=1"), /400/);
  await assert.rejects(open("/long"), /400/);
  await assert.rejects(open("/nothing"), /404/);
});

test("a handshake that is none does not reach the backend", async () => {
  const askedBefore = edge.asked();
  const refused = await edge.send("/live", {
    headers: { Connection: "Upgrade", Upgrade: "websocket" },
  });
  assert.equal(refused.status, 400);
  assert.match(refused.body.toString(), /upgrade-refused/);
  assert.equal(edge.asked(), askedBefore);
});
