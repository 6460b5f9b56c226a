import assert from "node:assert/strict";
import { once } from "node:events";
import { mkdtempSync, writeFileSync } from "node:fs";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { WebSocket, WebSocketServer } from "ws";
import { type StartedGate, startGate } from "../../examples/harbour/gate.ts";

const directory = mkdtempSync(join(tmpdir(), "portcullis-websocket-threads-"));
let backend: Server;
let gate: StartedGate;
before(async () => {
  backend = createServer().listen(0, "127.0.0.1");
  await once(backend, "listening");
  const sockets = new WebSocketServer({ server: backend });
  sockets.on("connection", (socket) => socket.on("error", () => undefined));
  writeFileSync(
    join(directory, "openapi.yaml"),
    'openapi: 3.1.0\ninfo: { title: t, version: "1" }\nsecurity: []\npaths: { /live: { get: { operationId: live, responses: { "101": { description: switching } } } } }\n',
  );
  writeFileSync(
    join(directory, "portcullis.yaml"),
    `portcullis: 1
mode: enforce
listen: { port: 0, threads: 3, lameDuck: 0s }
admin: { port: 0 }
apis: [{ openapi: openapi.yaml, upstream: "http://127.0.0.1:${(backend.address() as AddressInfo).port}" }]
cors: { origins: [https://app.example] }
`,
  );
  gate = await startGate(
    ["--config", join(directory, "portcullis.yaml")],
    join(directory, "state"),
  );
});
after(() => {
  gate.process.kill("SIGKILL");
  backend.closeAllConnections();
  backend.close();
});

const open = (origin?: string): Promise<WebSocket | string> =>
  new Promise((resolve) => {
    const socket = new WebSocket(`wss://localhost:${gate.port}/live`, {
      ca: gate.ca,
      ...(origin === undefined ? {} : { origin }),
    });
    socket.once("open", () => resolve(socket)).once("error", ({ message }) => resolve(message));
  });

test("threads count a caller's WebSockets together, and on SIGTERM each is told to go", async () => {
  const foreign = await open("https://evil.example");
  assert.ok(typeof foreign === "string" && foreign.includes("403"));
  const tried = await Promise.all(Array.from({ length: 300 }, () => open()));
  const opened = tried.filter((one) => typeof one !== "string");
  assert.equal(opened.length, 8);
  assert.ok(tried.every((one) => typeof one !== "string" || one.includes("429")));
  const told = opened.map(async (socket) => {
    const [code, reason] = (await once(socket, "close")) as [number, Buffer];
    return `${code} ${reason.toString()}`;
  });
  const ended = once(gate.process, "exit");
  gate.process.kill("SIGTERM");
  assert.deepEqual(
    await Promise.all(told),
    Array.from({ length: 8 }, () => "1001 draining"),
  );
  assert.deepEqual(await ended, [0, null]);
});
