import assert from "node:assert/strict";
import { mkdtempSync, writeFileSync } from "node:fs";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import { startGate } from "../../examples/harbour/gate.ts";
import { type Send, sender } from "../../examples/harbour/send.ts";

test("a quota that was taken is taken after kill -9: what has reached the backend is counted", async (context) => {
  const directory = mkdtempSync(join(tmpdir(), "portcullis-killed-"));
  let reached = 0;
  const backend = createServer((_request, response) => {
    reached += 1;
    response.writeHead(200, { "Content-Type": "application/json" }).end("{}");
  }).listen(0, "127.0.0.1");
  context.after(() => {
    backend.closeAllConnections();
    backend.close();
  });
  await new Promise((resolve) => backend.once("listening", resolve));
  const target = `http://127.0.0.1:${(backend.address() as AddressInfo).port}`;
  writeFileSync(
    join(directory, "openapi.yaml"),
    `openapi: 3.1.0
info: { title: Kept, version: "1" }
security: []
paths:
  /once: { get: { operationId: once, responses: { "200": { description: ok } } } }
  /daily: { get: { operationId: daily, responses: { "200": { description: ok } } } }
`,
  );
  writeFileSync(
    join(directory, "portcullis.yaml"),
    `portcullis: 1
mode: enforce
store: ./quotas.db
apis: [{ openapi: ./openapi.yaml, upstream: "${target}" }]
operations:
  - { match: once, limits: [{ quota: 7/ever, per: address }] }
  - { match: daily, limits: [{ quota: 7/month, per: address }] }
`,
  );
  const flags = ["--config", join(directory, "portcullis.yaml"), "--port", "0"];
  const begin = async (): Promise<{ send: Send; kill: () => Promise<void> }> => {
    const gate = await startGate([...flags, "--admin-port", "0", "--threads", "2"], directory);
    const ended = new Promise<void>((resolve) => gate.process.once("exit", () => resolve()));
    const kill = (): Promise<void> => {
      gate.process.kill("SIGKILL");
      return ended;
    };
    context.after(kill);
    return { send: sender(`https://localhost:${gate.port}`, { ca: gate.ca }), kill };
  };
  const passed = async (send: Send, path: string, times: number): Promise<number> => {
    const all = await Promise.all(Array.from({ length: times }, () => send("GET", path)));
    return all.filter(({ status }) => status === 200).length;
  };
  const paths = ["/once", "/daily"];
  const first = await begin();
  for (const path of paths) assert.equal(await passed(first.send, path, 4), 4, path);
  await first.kill();
  const second = await begin();
  for (const path of paths) assert.equal(await passed(second.send, path, 20), 3, path);
  assert.equal(reached, 14);
});
