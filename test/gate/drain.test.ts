import assert from "node:assert/strict";
import { mkdtempSync, writeFileSync } from "node:fs";
import { createServer, type Server } from "node:http";
import { connect as http2Connect } from "node:http2";
import { Agent, request } from "node:https";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { type StartedGate, startGate } from "../../examples/harbour/gate.ts";

const directory = mkdtempSync(join(tmpdir(), "portcullis-drain-"));
let backend: Server;
let gate: StartedGate | undefined;

before(async () => {
  backend = createServer((incoming, response) => {
    setTimeout(
      () => response.writeHead(200, { "Content-Type": "text/plain" }).end("done"),
      incoming.url === "/slow" ? 1200 : 0,
    );
  }).listen(0, "127.0.0.1");
  await new Promise((resolve) => backend.once("listening", resolve));
  writeFileSync(
    join(directory, "openapi.yaml"),
    'openapi: 3.0.3\ninfo: { title: t, version: "1" }\nsecurity: []\npaths:\n  /slow: { get: { operationId: slow, responses: { "200": { description: ok, content: { text/plain: {} } } } } }\n  /fast: { get: { operationId: fast, responses: { "200": { description: ok, content: { text/plain: {} } } } } }\n',
  );
  writeFileSync(
    join(directory, "portcullis.yaml"),
    `portcullis: 1
mode: enforce
listen: { port: 0, threads: 2, lameDuck: 0s }
admin: { port: 0 }
apis: [{ openapi: openapi.yaml, upstream: "http://127.0.0.1:${(backend.address() as AddressInfo).port}" }]
`,
  );
  gate = await startGate(
    ["--config", join(directory, "portcullis.yaml")],
    join(directory, "state"),
  );
});
after(() => {
  gate?.process.kill("SIGKILL");
  backend.closeAllConnections();
  backend.close();
});

test("on SIGTERM requests in flight end, new ones are not taken, and the process ends well", async () => {
  assert.ok(gate !== undefined);
  const { ca, port, process: child } = gate;
  const agent = new Agent({ keepAlive: true, ca });
  const get = (path: string): Promise<string> =>
    new Promise((resolve, reject) => {
      request({ host: "localhost", port, path, agent }, (response) => {
        let text = "";
        response
          .setEncoding("utf8")
          .on("data", (part: string) => (text += part))
          .on("end", () => resolve(`${response.statusCode} ${text}`));
      })
        .on("error", reject)
        .end();
    });
  assert.equal(await get("/fast"), "200 done");
  const overHttp1 = get("/slow");
  const session = http2Connect(`https://localhost:${port}`, { ca });
  const overHttp2 = new Promise<string>((resolve, reject) => {
    const stream = session.request({ ":path": "/slow" });
    let text = "";
    stream
      .setEncoding("utf8")
      .on("data", (part: string) => (text += part))
      .on("end", () => resolve(text))
      .on("error", reject)
      .end();
  });
  await new Promise((resolve) => setTimeout(resolve, 300));
  const ended = new Promise<number | null>((resolve) =>
    child.once("exit", (code) => resolve(code)),
  );
  child.kill("SIGTERM");
  await new Promise((resolve) => setTimeout(resolve, 300));
  await assert.rejects(
    new Promise((resolve, reject) => {
      request({ host: "localhost", port, path: "/fast", ca, agent: false }, resolve)
        .on("error", reject)
        .end();
    }),
    /ECONNREFUSED|ECONNRESET|socket hang up/,
  );
  assert.equal(await overHttp1, "200 done");
  assert.equal(await overHttp2, "done");
  session.close();
  agent.destroy();
  assert.equal(await ended, 0);
});
