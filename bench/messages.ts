// What messages over WebSockets cost at the gate: callers who send, and a backend that says the same
// again. CPU time of the gate's process; what a whole core would carry follows from it.
import { mkdirSync, mkdtempSync, writeFileSync } from "node:fs";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { WebSocket, WebSocketServer } from "ws";
import { startGate } from "./gate.ts";
import { cpuMicroseconds } from "./peers.ts";
import { makeWorkload } from "./workload.ts";

const rounds = Number(process.argv[2] ?? 7);
const callers = 16;
/** So many are on their way of each caller at a time. */
const ahead = 16;
const messagesEach = 4000;
const text = "x".repeat(64);

const backend = new WebSocketServer({ port: 0, host: "127.0.0.1" });
backend.on("connection", (socket) =>
  socket.on("message", (data, isBinary) => socket.send(data, { binary: isBinary })),
);
await new Promise((resolve) => backend.once("listening", resolve));
const { port: behind } = backend.address() as AddressInfo;
const directory = mkdtempSync(join(tmpdir(), "portcullis-messages-"));
mkdirSync(join(directory, "gate"));
writeFileSync(
  join(directory, "gate", "live.yaml"),
  `openapi: 3.1.0
info: { title: Live, version: v1 }
security: []
paths:
  /live: { get: { operationId: live, responses: { "101": { description: switching } } } }
`,
);
const policy = `portcullis: 1
mode: enforce
listen: { port: 0, threads: 1, tls: off }
admin: { port: 0 }
apis: [{ openapi: ./live.yaml, upstream: "http://127.0.0.1:${behind}" }]
operations: [{ match: live, websocket: { most: ${callers * 2}, messages: 1000000/s } }]
`;
const workload = await makeWorkload(1);
const gate = await startGate(0, join(directory, "gate"), workload, "", { change: () => policy });
const pid = gate.process.pid ?? 0;
const sockets = await Promise.all(
  Array.from({ length: callers }, async () => {
    const socket = new WebSocket(`ws://127.0.0.1:${gate.port}/live`, { perMessageDeflate: false });
    await new Promise((resolve, reject) => socket.once("open", resolve).once("error", reject));
    return socket;
  }),
);

/** Resolves when every message has come back. */
const say = (socket: WebSocket): Promise<void> =>
  new Promise((resolve) => {
    let [sent, came] = [0, 0];
    const send = (): void => {
      sent += 1;
      socket.send(text);
    };
    const onMessage = (): void => {
      came += 1;
      if (sent < messagesEach) send();
      else if (came === messagesEach) {
        socket.off("message", onMessage);
        resolve();
      }
    };
    socket.on("message", onMessage);
    for (let first = 0; first < ahead; first += 1) send();
  });

const spent: number[] = [];
for (let round = -2; round < rounds; round += 1) {
  const before = cpuMicroseconds(pid);
  await Promise.all(sockets.map(say));
  // Each message passes the gate twice: to the backend and back.
  if (round >= 0) spent.push((cpuMicroseconds(pid) - before) / (callers * messagesEach * 2));
}
const each = spent.sort((a, b) => a - b)[Math.floor(spent.length / 2)] ?? Number.NaN;
console.log(
  `${each.toFixed(2)} µs CPU a message of ${text.length} bytes, ${Math.round(1e6 / each)} a second and core (aim: 100000)`,
);
for (const socket of sockets) socket.terminate();
await gate.stop();
backend.close();
workload.close();
